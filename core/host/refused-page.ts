/** The page for a browser that was not let in. It names no program: whoever asks may be a stranger. */
export function refusedPage(sentence: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Not this way</title>
    <style>
      :root { color-scheme: light dark; }
      body {
        display: grid;
        place-items: center;
        min-height: 100vh;
        margin: 0;
        background: light-dark(#f5f6f9, #14161b);
        color: light-dark(#191d26, #e8ebf1);
        font: 16px/24px system-ui, sans-serif;
      }
      p {
        margin: 16px;
        padding: 24px 32px;
        border: 1px solid light-dark(#dadee7, #323846);
        border-radius: 12px;
        background: light-dark(#ffffff, #1b1e25);
      }
    </style>
  </head>
  <body>
    <p>${sentence}</p>
  </body>
</html>
`;
}
