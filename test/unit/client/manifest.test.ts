/** What the manifest offers is what the host understands, and a workspace cannot choose an address. */
import assert from 'node:assert/strict';
import { settingsSchema } from '#protocol';
import manifest from '../../../package.json';

const declared: Record<string, { scope: string; default: unknown }> =
  manifest.contributes.configuration.properties;

describe('settings in the manifest', () => {
  const defaults = Object.entries(settingsSchema.parse({})).flatMap(([group, settings]) =>
    Object.entries(settings).map(([name, value]) => [`vramesh.${group}.${name}`, value] as const),
  );

  it('are those of the host, with the same defaults', () =>
    assert.deepEqual(
      Object.fromEntries(Object.entries(declared).map(([name, setting]) => [name, setting.default])),
      Object.fromEntries(defaults),
    ));

  it('addresses come from the user, never from a workspace', () =>
    assert.equal(declared['vramesh.cluster.peers']?.scope, 'application'));
});
