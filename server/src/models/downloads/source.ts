/** Where a model comes from: a catalogue id, `hf:owner/repo/file.gguf`, an https URL, or a machine of the cluster. */

import { checkAddress } from '../../fetching';
import { splitName } from '../../split-name';
import { inCatalogue } from '../catalogue';

export type Source =
  | { readonly kind: 'hub'; readonly repository: string; readonly revision: string; readonly file: string }
  | { readonly kind: 'url'; readonly url: URL };

const longestName = 200;
const segment = /^[\w][\w.+@=,()[\] -]*$/;
const reservedOnWindows = /^(con|prn|aux|nul|com\d|lpt\d)\./i;

/** Throws, in words, what is wrong with it. `endpoint`: of the hub; a page of a file there is as good as `hf:`. */
export function parseSource(text: string, endpoint: URL): Source {
  const source = text.trim();
  const listed = inCatalogue(source);
  if (listed)
    return { kind: 'hub', repository: listed.entry.repository, revision: 'main', file: listed.file };
  if (/^hf:/i.test(source)) return hubFile(source.slice(3).replace(/^\/\//, '').split('/'), 'main', source);
  const peer =
    /^vramesh:\/\/[0-9a-f]{64}\/[^/]+$/.test(source) && URL.canParse(source) ? new URL(source) : null;
  if (peer) {
    fileName(peer.pathname);
    return { kind: 'url', url: peer };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return fromUrl(source, endpoint);
  throw new Error(
    `There is no "${source.slice(0, 100)}" in the catalogue. Name a model of it, hf:owner/repository/file.gguf, or an https address.`,
  );
}

function fromUrl(source: string, endpoint: URL): Source {
  let url: URL;
  try {
    url = checkAddress(new URL(source));
  } catch (error) {
    throw error instanceof TypeError ? new Error(`${source.slice(0, 100)} is not an address.`) : error;
  }
  url.hash = '';
  const [owner, repository, verb, revision, ...file] = decoded(url.pathname).split('/').slice(1);
  const isHub = url.origin === endpoint.origin || url.hostname === 'huggingface.co';
  if (isHub && owner && repository && revision && (verb === 'resolve' || verb === 'blob')) {
    return hubFile([owner, repository, ...file], revision, source);
  }
  fileName(url.pathname);
  return { kind: 'url', url };
}

function hubFile(segments: string[], revision: string, source: string): Source {
  const [owner, repository, ...file] = segments;
  if (
    !owner ||
    !repository ||
    file.length === 0 ||
    ![...segments, revision].every((part) => segment.test(part))
  ) {
    throw new Error(`${source.slice(0, 100)} is not of the form hf:owner/repository/file.gguf.`);
  }
  fileName(file.join('/'));
  return { kind: 'hub', repository: `${owner}/${repository}`, revision, file: file.join('/') };
}

/** The name that the last part of a path gets on this machine. Throws, in words, when it cannot be a model's. */
export function fileName(path: string): string {
  const last = decoded(path).split(/[/\\]/).at(-1) ?? '';
  const name = last.replace(/[^\w.+()-]+/g, '-').replace(/^[.-]+/, '');
  if (!/.\.gguf$/i.test(name)) {
    throw new Error(`"${last.slice(0, 100)}" does not end in .gguf: only GGUF files can be placed.`);
  }
  if (name.length > longestName)
    throw new Error(`The file name has ${name.length} characters, more than ${longestName}.`);
  if (reservedOnWindows.test(name)) throw new Error(`"${name}" is a name that Windows keeps for itself.`);
  return name;
}

/** The path itself, or those of all parts when it names one part of a split model. */
export function withAllParts(path: string): readonly string[] {
  return splitName(path)?.parts ?? [path];
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
