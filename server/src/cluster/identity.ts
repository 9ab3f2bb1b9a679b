/** The node's key: made once, readable by its owner only. The node's id is the hash of the public key. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { idOfKey, openCertificate } from './certificate';

export interface Identity {
  /** SHA-256 of the public key (SPKI, DER), 64 hexadecimal digits. */
  readonly nodeId: string;
  /** PEM. */
  readonly privateKey: string;
  /** The certificate for TLS, PEM. */
  certificate(): Promise<string>;
  /** Where that is kept. */
  readonly certificateFile: string;
}

/** Reads the key, or makes it. Throws, in words, when the file is there but no key, or cannot be written. */
export function openIdentity(path: string): Identity {
  const key = readKey(path) ?? makeKey(path);
  const nodeId = idOfKey(createPublicKey(key));
  const privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  // Made only when it is wanted: whoever is alone needs none.
  let certificate: Promise<string> | null = null;
  const certificateFile = path.replace(/(\.pem)?$/, '-certificate.pem');
  return {
    nodeId,
    privateKey,
    certificate: () => {
      certificate ??= openCertificate(certificateFile, privateKey, nodeId);
      return certificate;
    },
    certificateFile,
  };
}

function readKey(path: string): KeyObject | null {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new Error(`${path} cannot be read (${message}). Move it away to get a new identity.`);
  }
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error(
      `${path} is not a private key. It was left as it is. Restore it from a backup, or move it away to get a new identity.`,
    );
  }
}

function makeKey(path: string): KeyObject {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const temporary = `${path}.${process.pid}`;
  try {
    writeFileSync(temporary, privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
      flag: 'wx',
    });
    // A link, not a rename: when two hosts make a key at the same time, both must end with the first one.
    linkSync(temporary, path);
    return privateKey;
  } catch (error) {
    const other = readKey(path);
    if (other) return other;
    throw new Error(
      `${path} cannot be written (${(error as Error).message}). ` +
        'Make room and make its folder writable, or choose another one with VRAMESH_HOME.',
    );
  } finally {
    rmSync(temporary, { force: true });
  }
}
