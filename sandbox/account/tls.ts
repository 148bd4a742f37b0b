import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext, SecureContext } from 'node:tls';
import forge from 'node-forge';

const SYSTEM_BUNDLES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

/** The certificate authority of one run, which only the run's own processes trust */
export class CertificateAuthority {
  public static async create(dir: string): Promise<CertificateAuthority> {
    const keys = await generateKeys();
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = keys.publicKey;
    certify(certificate, 'cdk-gitops-pipeline sandbox CA', 'cdk-gitops-pipeline sandbox CA', [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
      { name: 'subjectKeyIdentifier' },
    ]);
    certificate.sign(keys.privateKey, forge.md.sha256.create());
    const folder = join(dir, 'tls');
    await mkdir(folder, { recursive: true });
    const caFile = join(folder, 'ca.pem');
    const caBundleFile = join(folder, 'ca-bundle.pem');
    const pem = forge.pki.certificateToPem(certificate);
    const system = SYSTEM_BUNDLES.find(existsSync);
    await writeFile(caFile, pem);
    await writeFile(caBundleFile, pem + (system ? readFileSync(system, 'utf8') : ''));
    return new CertificateAuthority(caFile, caBundleFile, certificate, keys.privateKey, await generateKeys());
  }

  private readonly contexts = new Map<string, SecureContext>();

  private constructor(
    readonly caFile: string, readonly caBundleFile: string,
    private readonly certificate: forge.pki.Certificate, private readonly key: forge.pki.rsa.PrivateKey,
    private readonly serverKeys: forge.pki.rsa.KeyPair,
  ) {}

  /** Key and certificate for a server of that name. */
  public contextFor(host: string): SecureContext {
    let context = this.contexts.get(host);
    if (!context) {
      const certificate = forge.pki.createCertificate();
      certificate.publicKey = this.serverKeys.publicKey;
      certify(certificate, host, this.certificate.subject.getField('CN').value, [
        { name: 'basicConstraints', cA: false },
        { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
      ]);
      certificate.sign(this.key, forge.md.sha256.create());
      context = createSecureContext({
        key: forge.pki.privateKeyToPem(this.serverKeys.privateKey),
        cert: forge.pki.certificateToPem(certificate) + forge.pki.certificateToPem(this.certificate),
      });
      this.contexts.set(host, context);
    }
    return context;
  }
}

async function generateKeys(): Promise<forge.pki.rsa.KeyPair> {
  return new Promise((resolve, reject) => forge.pki.rsa.generateKeyPair({ bits: 2048 }, (error, keys) => error ? reject(error) : resolve(keys)));
}

function certify(certificate: forge.pki.Certificate, subject: string, issuer: string, extensions: any[]): void {
  certificate.serialNumber = `00${forge.util.bytesToHex(forge.random.getBytesSync(15))}`;
  certificate.validity.notBefore = new Date(Date.now() - 3600_000);
  certificate.validity.notAfter = new Date(Date.now() + 7 * 24 * 3600_000);
  certificate.setSubject([{ name: 'commonName', value: subject }]);
  certificate.setIssuer([{ name: 'commonName', value: issuer }]);
  certificate.setExtensions(extensions);
}
