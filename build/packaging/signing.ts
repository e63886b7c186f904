/** What the environment says of signing. Nothing is signed where nothing is said, and the package script tells so. */
export interface Signing {
  /** macOS: a Developer ID certificate. Windows: a code signing certificate. */
  certificate: boolean;
  /** macOS: Apple is asked to notarise the signed app. */
  notarize: boolean;
  /** One sentence for the one who packages. */
  note: string;
}

type Env = Record<string, string | undefined>;

/** What notarytool needs: an Apple ID, an API key, or a keychain profile. All of one row. */
const notaryVariables = [
  ['APPLE_ID', 'APPLE_APP_SPECIFIC_PASSWORD', 'APPLE_TEAM_ID'],
  ['APPLE_API_KEY', 'APPLE_API_KEY_ID', 'APPLE_API_ISSUER'],
  ['APPLE_KEYCHAIN', 'APPLE_KEYCHAIN_PROFILE'],
];

/** Reads CSC_LINK, CSC_NAME, WIN_CSC_LINK and Apple's variables, as electron-builder does. */
export function readSigning(platform: 'linux' | 'darwin' | 'win32', env: Env = process.env): Signing {
  if (platform === 'linux')
    return { certificate: false, notarize: false, note: 'Linux packages carry no signature.' };
  const isSet = (name: string) => Boolean(env[name]?.trim());
  const names = platform === 'darwin' ? ['CSC_LINK', 'CSC_NAME'] : ['WIN_CSC_LINK', 'CSC_LINK'];
  const certificate = names.some(isSet);
  if (!certificate)
    return { certificate, notarize: false, note: `Not signed: neither ${names.join(' nor ')} is set.` };
  if (platform === 'win32')
    return { certificate, notarize: false, note: 'Signed with the given certificate.' };
  const notarize = notaryVariables.some((row) => row.every(isSet));
  return {
    certificate,
    notarize,
    note: notarize
      ? 'Signed with the given certificate, and notarised by Apple.'
      : `Signed, but not notarised: none of ${notaryVariables.map((row) => row.join(' + ')).join(', ')} is set.`,
  };
}
