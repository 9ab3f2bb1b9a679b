/** Which addresses may be asked, and which of them may see the token. */
const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Throws, in words, unless it is https, or http to this machine. `from`: the address that sent us there. */
export function checkAddress(url: URL, from?: URL): URL {
  const local = loopback.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) {
    throw new Error(
      `${from ? `${from.host} redirects to ${shown(url)}, which` : shown(url)} is not https. Nothing was fetched from there.`,
    );
  }
  if (from && local && !loopback.test(from.hostname)) {
    throw new Error(
      `${from.host} redirects into this machine (${url.host}). Nothing was fetched from there.`,
    );
  }
  if (url.username || url.password) {
    throw new Error(
      `The address on ${url.host} holds a user name or a password. Leave them out; a token goes into HF_TOKEN.`,
    );
  }
  return url;
}

/** Without what is signed into it; never longer than a line. */
function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`.slice(0, 120);
}
