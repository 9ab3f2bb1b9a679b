/** The certificate that a node shows: it only carries the public key, whose hash is the node's id. */
import 'reflect-metadata';
import { createHash, createPrivateKey, type KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** Trust lies in the roster, and clocks are wrong: a certificate never expires. */
const validity = { notBefore: new Date('2020-01-01T00:00:00Z'), notAfter: new Date('9999-12-31T23:59:59Z') };
/** Clients of the HTTP API that are given the certificate to trust it ask for a name that is in it: addresses change. */
const serverName = 'vramesh';
const curve = { name: 'ECDSA', namedCurve: 'P-256' };

/** SHA-256 of a public key (SPKI, DER), 64 hexadecimal digits. */
export function idOfKey(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** The certificate of this key in that file, in PEM; made where there is none that will do. */
export async function openCertificate(path: string, keyPem: string, nodeId: string): Promise<string> {
  const known = readCertificate(path, nodeId);
  if (known !== null) return known;
  const made = await makeCertificate(keyPem, nodeId);
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, made, { mode: 0o600 });
  renameSync(temporary, path);
  return made;
}

/** `null`: there is none, or one of another key, under another name, for some time only, or that could sign others. */
function readCertificate(path: string, nodeId: string): string | null {
  try {
    const pem = readFileSync(path, 'utf8');
    const certificate = new X509Certificate(pem);
    const { ca, publicKey, validTo } = certificate;
    const isOurs = !ca && idOfKey(publicKey) === nodeId && certificate.checkHost(serverName) !== undefined;
    return isOurs && Date.parse(validTo) === validity.notAfter.getTime() ? pem : null;
  } catch {
    return null;
  }
}

async function makeCertificate(keyPem: string, nodeId: string): Promise<string> {
  const jwk = createPrivateKey(keyPem).export({ format: 'jwk' });
  const { d: _, ...publicJwk } = jwk;
  const [privateKey, publicKey] = await Promise.all([
    webcrypto.subtle.importKey('jwk', jwk, curve, false, ['sign']),
    webcrypto.subtle.importKey('jwk', publicJwk, curve, true, ['verify']),
  ]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=VRAMesh node ${nodeId.slice(0, 12)}`,
      keys: { privateKey, publicKey },
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new SubjectAlternativeNameExtension([{ type: 'dns', value: serverName }]),
      ],
      ...validity,
    },
    webcrypto,
  );
  return `${certificate.toString('pem')}\n`;
}
