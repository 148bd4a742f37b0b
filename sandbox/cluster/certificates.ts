import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { asn1, md, pki } from 'node-forge';

/** A certificate with its key, both PEM */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Subject {
  readonly commonName: string;
  readonly organization?: string;
  /** Names and addresses that a server is reached by; a client needs none. */
  readonly hosts?: string[];
}

/** The cluster's own certificate authority, alive as long as the run */
export class CertificateAuthority {
  public readonly certificate: string;
  private readonly keys = generateKeys();
  private readonly subject: pki.CertificateField[];

  constructor(commonName: string) {
    this.subject = [{ name: 'commonName', value: commonName }];
    const certificate = prepare(this.keys.publicKey, this.subject, this.subject);
    certificate.setExtensions([
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
      { name: 'subjectKeyIdentifier' },
    ]);
    this.certificate = this.sign(certificate);
  }

  /** Issues a certificate for a server (with hosts) or a client. */
  public issue(subject: Subject): KeyPair {
    const keys = generateKeys();
    const names: pki.CertificateField[] = [{ name: 'commonName', value: subject.commonName }];
    if (subject.organization) names.push({ name: 'organizationName', value: subject.organization });
    const certificate = prepare(keys.publicKey, names, this.subject);
    certificate.setExtensions([
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
      { name: 'extKeyUsage', serverAuth: subject.hosts !== undefined, clientAuth: true },
      ...subject.hosts ? [{ name: 'subjectAltName', altNames: subject.hosts.map(alternativeName) }] : [],
    ]);
    return { certificate: this.sign(certificate), key: keys.privateKey };
  }

  private sign(certificate: pki.Certificate): string {
    // forge writes the certificate; its own arithmetic takes seconds where Node's crypto takes a millisecond
    const signer = {
      sign: () => {
        const content = Buffer.from(asn1.toDer(certificate.tbsCertificate).getBytes(), 'binary');
        return sign('sha256', content, this.keys.privateKey).toString('binary');
      },
    };
    certificate.sign(signer as unknown as pki.rsa.PrivateKey, md.sha256.create());
    return pki.certificateToPem(certificate);
  }
}

/** Writes what only the owner may read. */
export function writePrivate(file: string, content: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { mode: 0o600 });
  return file;
}

function generateKeys(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}

function prepare(publicKey: string, subject: pki.CertificateField[], issuer: pki.CertificateField[]): pki.Certificate {
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(Date.now() - 60 * 60 * 1000);
  certificate.validity.notAfter = new Date(Date.now() + 30 * 24 * 60 * 60 * 1000);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer);
  return certificate;
}

function alternativeName(host: string): object {
  return /^[\d.]+$/.test(host) ? { type: 7, ip: host } : { type: 2, value: host };
}
