/** The document that holds the topology page. Pure. Nothing runs in it but our script, and nothing is fetched by it. */

export interface PageParts {
  /** URI of webview.js. */
  readonly script: string;
  /** URI of webview.css. */
  readonly style: string;
  /** The panel's own origin, for the style sheet. */
  readonly cspSource: string;
  /** A fresh unguessable word of letters and digits. */
  readonly nonce: string;
}

/** The toolkit tries out one style of its own: it takes the nonce for it from the `csp-nonce` property. */
export function pageHtml({ script, style, cspSource, nonce }: PageParts): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource} 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta property="csp-nonce" content="${nonce}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>VRAMesh topology</title>
    <link rel="stylesheet" href="${style}">
  </head>
  <body>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>
`;
}
