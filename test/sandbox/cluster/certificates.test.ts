import { X509Certificate } from 'node:crypto';
import { CertificateAuthority } from '../../../sandbox/cluster/certificates';

const authority = new CertificateAuthority('test-authority');
const root = new X509Certificate(authority.certificate);

test('a server\'s certificate is signed by the authority and names its hosts', () => {
  const certificate = new X509Certificate(authority.issue({ commonName: 'server', hosts: ['127.0.0.1', 'localhost'] }).certificate);
  expect(certificate.verify(root.publicKey)).toBe(true);
  expect(certificate.checkIssued(root)).toBe(true);
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.checkHost('elsewhere')).toBeUndefined();
});

test('a client\'s certificate names it and its group', () => {
  const { certificate, key } = authority.issue({ commonName: 'client', organization: 'system:masters' });
  expect(new X509Certificate(certificate).subject).toBe('CN=client\nO=system:masters');
  expect(key).toContain('BEGIN RSA PRIVATE KEY');
});

test('authorities do not vouch for each other\'s', () => {
  const other = new X509Certificate(new CertificateAuthority('other').certificate);
  expect(new X509Certificate(authority.issue({ commonName: 'a' }).certificate).verify(other.publicKey)).toBe(false);
});
