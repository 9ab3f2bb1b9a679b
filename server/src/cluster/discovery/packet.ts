/** Discovery packets: all of one size, sealed with AES-256-GCM, so that strangers learn nothing. Pure. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type DiscoveryHello, discoveryHelloSchema } from '#protocol';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const textBytes = 256;
const tagBytes = 16;
export const packetBytes = nonceBytes + textBytes + tagBytes;

/** @param key 64 hexadecimal digits */
export function seal(hello: DiscoveryHello, key: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, Buffer.from(key, 'hex'), nonce);
  const text = JSON.stringify(hello).padEnd(textBytes);
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** `null`: none of these keys has sealed it. */
export function open(packet: Buffer, keys: readonly string[]): DiscoveryHello | null {
  if (packet.length !== packetBytes) return null;
  for (const key of keys) {
    const text = unsealed(packet, key);
    if (text !== null) return read(text);
  }
  return null;
}

/** Members may send nonsense, too. */
function read(text: string): DiscoveryHello | null {
  try {
    return discoveryHelloSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function unsealed(packet: Buffer, key: string): string | null {
  const decipher = createDecipheriv(algorithm, Buffer.from(key, 'hex'), packet.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAuthTag(packet.subarray(-tagBytes));
  const text = decipher.update(packet.subarray(nonceBytes, -tagBytes), undefined, 'utf8');
  try {
    return text + decipher.final('utf8');
  } catch {
    return null;
  }
}
