import { webcrypto } from 'node:crypto';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

/** Everything about a server certificate that a test may want to be wrong. */
export type CertificateOptions = {
  readonly names: readonly string[];
  /** Days from now, negative for the past. */
  readonly startsInDays?: number;
  readonly endsInDays?: number;
  /** `itself`: self-signed. */
  readonly issuer?: 'authority' | 'itself';
};

/** PEM texts. */
export type IssuedCertificate = { readonly certificate: string; readonly privateKey: string };

export type Authority = {
  /** PEM. */
  readonly certificate: string;
  readonly issue: (options: CertificateOptions) => Promise<IssuedCertificate>;
};

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * dayMs);

/** A certificate authority of this test alone: its key is never written. */
export async function makeAuthority(commonName: string): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: `CN=${commonName}`,
    notBefore: inDays(-400),
    notAfter: inDays(400),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificate: `${authority.toString('pem')}\n`,
    async issue({ names, startsInDays = -1, endsInDays = 60, issuer = 'authority' }) {
      const own = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const subject = `CN=${names[0] ?? ''}`;
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: serial(),
        subject,
        issuer: issuer === 'itself' ? subject : authority.subject,
        notBefore: inDays(startsInDays),
        notAfter: inDays(endsInDays),
        signingAlgorithm: algorithm,
        publicKey: own.publicKey,
        signingKey: issuer === 'itself' ? own.privateKey : keys.privateKey,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
        ],
      });
      const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', own.privateKey)).toString('base64');
      return {
        certificate: `${certificate.toString('pem')}\n`,
        privateKey: `-----BEGIN PRIVATE KEY-----\n${key.replace(/.{64}/g, '$&\n').trimEnd()}\n-----END PRIVATE KEY-----\n`,
      };
    },
  };
}

const serial = (): string =>
  `01${Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString('hex')}`;
