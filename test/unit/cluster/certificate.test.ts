import assert from 'node:assert/strict';
import { createHash, createPrivateKey, createPublicKey, webcrypto, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { openIdentity } from '../../../server/src/cluster';
import { cleanUp, freshFolder } from '../../support/host';

const forEver = new Date('9999-12-31T23:59:59Z');
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };

interface Unlike {
  readonly names?: readonly string[];
  readonly until?: Date;
  readonly signsOthers?: boolean;
}

/** A certificate of the key in that file, as another program may have made it. */
async function foreign(
  keyFile: string,
  { names = ['vramesh'], until = forEver, signsOthers = false }: Unlike,
) {
  const key = createPrivateKey(readFileSync(keyFile, 'utf8'));
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=other',
      keys: {
        privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
        publicKey: await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
      },
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      notBefore: new Date('2020-01-01T00:00:00Z'),
      notAfter: until,
      extensions: [
        new BasicConstraintsExtension(signsOthers, undefined, true),
        ...(names.length === 0
          ? []
          : [new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))]),
      ],
    },
    webcrypto,
  );
  return `${certificate.toString('pem')}\n`;
}

describe('the certificate', () => {
  after(cleanUp);

  const opened = (keyFile: string) => {
    const identity = openIdentity(keyFile);
    return { identity, file: identity.certificateFile };
  };

  function assertGood(pem: string, nodeId: string): void {
    const certificate = new X509Certificate(pem);
    assert.equal(certificate.checkHost('vramesh'), 'vramesh');
    assert.equal(Date.parse(certificate.validTo), forEver.getTime());
    assert.ok(!certificate.ca && certificate.verify(certificate.publicKey));
    const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
    assert.equal(createHash('sha256').update(key).digest('hex'), nodeId);
  }

  it('is made when it is first wanted, and is the same from then on', async () => {
    const keyFile = path.join(freshFolder(), 'identity.pem');
    const { identity, file } = opened(keyFile);
    assert.deepEqual(readdirSync(path.dirname(keyFile)), ['identity.pem']);
    const pem = await identity.certificate();
    assertGood(pem, identity.nodeId);
    assert.equal(readFileSync(file, 'utf8'), pem);
    assert.equal(await opened(keyFile).identity.certificate(), pem, 'who was given it can still check it');
  });

  const made: { what: string; unlike: Unlike }[] = [
    { what: 'has no name', unlike: { names: [] } },
    { what: 'has another name', unlike: { names: ['localhost', 'vramesh.example'] } },
    { what: 'runs out tomorrow', unlike: { until: new Date(Date.now() + 86_400_000) } },
    { what: 'has run out', unlike: { until: new Date('2021-01-01T00:00:00Z') } },
    { what: 'could sign others', unlike: { signsOthers: true } },
  ];
  for (const { what, unlike } of made)
    it(`is made anew where the one that is there ${what}`, async () => {
      const keyFile = path.join(freshFolder(), 'identity.pem');
      const { identity, file } = opened(keyFile);
      const old = await foreign(keyFile, unlike);
      writeFileSync(file, old);
      const pem = await identity.certificate();
      assert.notEqual(pem, old);
      assertGood(pem, identity.nodeId);
      assert.equal(readFileSync(file, 'utf8'), pem);
      assert.deepEqual(readdirSync(path.dirname(file)).sort(), ['identity-certificate.pem', 'identity.pem']);
    });

  it('stays where another program has made it, and it will do', async () => {
    const keyFile = path.join(freshFolder(), 'identity.pem');
    const { identity, file } = opened(keyFile);
    const good = await foreign(keyFile, {});
    writeFileSync(file, good);
    assert.equal(await identity.certificate(), good);
  });

  it('is made anew where it is of another key, or none', async () => {
    const other = await opened(path.join(freshFolder(), 'identity.pem')).identity.certificate();
    for (const content of [other, 'no certificate', '']) {
      const { identity, file } = opened(path.join(freshFolder(), 'identity.pem'));
      writeFileSync(file, content);
      assertGood(await identity.certificate(), identity.nodeId);
    }
  });
});
