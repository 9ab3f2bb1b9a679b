import { ensureBrowser } from '../setup/browser.mjs';

/** @type {typeof import('./index.mjs').openBrowser} */
export async function openBrowser() {
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath: await ensureBrowser(),
    args: [
      '--disable-gpu',
      '--disable-quic',
      // Names of other machines do not resolve: what a test sees never depends on the network, and nothing is sent out.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
}
