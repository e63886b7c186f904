/** Of a page instead of a file, this much is read at most. */
const maxPageBytes = 1024 ** 2;

/** Google Drive asks before it sends a file too large for its virus scan: a form whose fields make the address. */
const formId = 'download-form';

export interface WebPage {
  title: string;
  /** Where the page's own form leads, when it is Google Drive's question. */
  confirmUrl: string | undefined;
}

/** Reads the page that came in place of a file. */
export async function readWebPage(response: Response): Promise<WebPage> {
  const html = await readStart(response);
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(html)?.[1]?.trim();
  return { title: title || 'no title', confirmUrl: findConfirmUrl(html, response.url) };
}

async function readStart(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxPageBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Only an address of the same site counts: the page is not trusted to send us anywhere. */
function findConfirmUrl(html: string, pageUrl: string): string | undefined {
  const form = new RegExp(`<form\\b[^>]*\\bid="${formId}"[^>]*>([\\s\\S]*?)</form>`, 'i').exec(html);
  if (!form) return undefined;
  const url = new URL(attributeOf(form[0], 'action') ?? '', pageUrl);
  if (siteOf(url) !== siteOf(new URL(pageUrl)) || url.protocol !== new URL(pageUrl).protocol)
    return undefined;
  for (const [input] of form[0].matchAll(/<input\b[^>]*>/gi)) {
    const name = attributeOf(input, 'name');
    if (name) url.searchParams.set(name, attributeOf(input, 'value') ?? '');
  }
  return url.href;
}

function attributeOf(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`, 'i').exec(tag)?.[1]?.replaceAll('&amp;', '&');
}

/** `drive.google.com` and `drive.usercontent.google.com` are one site. */
function siteOf(url: URL): string {
  return /[a-z]$/i.test(url.hostname) ? url.hostname.split('.').slice(-2).join('.') : url.host;
}
