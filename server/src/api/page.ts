/**
 * `GET /`: the topology page, the same that VS Code shows. It reads `/events` and acts through the routes beside it.
 * Nothing runs in it but our script, nothing is fetched from elsewhere, and no other page can frame it.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HttpError } from './errors';
import type { Feature } from './features';

const files = { 'webview.js': 'text/javascript', 'webview.css': 'text/css' } as const;

/** No part of the API for programs, and so not in its description. */
const schema = { hide: true };

export const pageRoute: Feature = (app, { pageFolder }) => {
  app.get('/', { schema }, (_request, reply) => {
    const nonce = randomBytes(16).toString('hex');
    return reply
      .header('content-security-policy', policy(nonce))
      .header('referrer-policy', 'no-referrer')
      .type('text/html; charset=utf-8')
      .send(html(nonce));
  });

  for (const [name, type] of Object.entries(files)) {
    app.get(`/${name}`, { schema }, async (_request, reply) => {
      const content = await readFile(path.join(pageFolder, name)).catch(() => {
        throw new HttpError(
          404,
          `This installation has no ${name}: install it anew, or run "npm run build".`,
        );
      });
      return reply.type(`${type}; charset=utf-8`).send(content);
    });
  }
};

/** The toolkit tries out one style of its own, under the nonce. */
function policy(nonce: string): string {
  return [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `connect-src 'self'`,
    'img-src data:',
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}

function html(nonce: string): string {
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta property="csp-nonce" content="${nonce}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>VRAMesh topology</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/webview.css">
  </head>
  <body>
    <script nonce="${nonce}" src="/webview.js"></script>
  </body>
</html>
`;
}
