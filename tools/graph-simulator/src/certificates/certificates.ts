import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The simulator's own authority and one server certificate for every host it plays. PEM texts. */
export type Certificates = {
  readonly caFile: string;
  readonly certificate: string;
  readonly privateKey: string;
};

/** Names that clients may call; all are answered by the same listener. */
export const servedNames: readonly string[] = [
  'localhost',
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.microsoftonline.de',
  'login.chinacloudapi.cn',
  'login.partner.microsoftonline.cn',
  'login.microsoft.com',
  'login.windows.net',
  'sts.windows.net',
  'graph.microsoft.com',
  'graph.microsoft.us',
  'dod-graph.microsoft.us',
  'graph.microsoft.de',
  'microsoftgraph.chinacloudapi.cn',
  'my.microsoftpersonalcontent.com',
  'contoso-my.sharepoint.com',
  'contoso.sharepoint.com',
  '*.sharepoint.com',
  '*.up.1drv.com',
  'api.onedrive.com',
  'endpoints.office.com',
];

const servedAddresses: readonly string[] = ['127.0.0.1', '::1'];
const dayMs = 86_400_000;

/** Reads the certificates of an earlier run from `stateFolder`, or makes them. Keys are written with mode 0600. */
export async function certificatesIn(stateFolder: string): Promise<Certificates> {
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  const caFile = join(stateFolder, 'ca.pem');
  const certificateFile = join(stateFolder, 'server.pem');
  const keyFile = join(stateFolder, 'server-key.pem');
  const held = await readHeld(certificateFile, keyFile);
  if (held !== undefined) return { caFile, ...held };
  // Loaded only when needed: the library takes longer to load than the simulator to start.
  const { makeCertificates } = await import('./make-certificates.ts');
  const made = await makeCertificates([...servedNames], [...servedAddresses]);
  await writeWhole(caFile, made.authority, 0o644);
  await writeWhole(keyFile, made.privateKey, 0o600);
  await writeWhole(certificateFile, made.certificate, 0o644);
  return { caFile, certificate: made.certificate, privateKey: made.privateKey };
}

/** Undefined when there is nothing yet, or what is there ends within a day. */
async function readHeld(
  certificateFile: string,
  keyFile: string,
): Promise<{ readonly certificate: string; readonly privateKey: string } | undefined> {
  try {
    const certificate = await readFile(certificateFile, 'utf8');
    const privateKey = await readFile(keyFile, 'utf8');
    const endsAtMs = Date.parse(new X509Certificate(certificate).validTo);
    return endsAtMs > Date.now() + dayMs ? { certificate, privateKey } : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const partial = `${path}.partial`;
  await writeFile(partial, text, { mode });
  await chmod(partial, mode);
  await rename(partial, path);
}
