export function VersionsPage({ rest: _rest }: { rest: string[] }) {
  return null;
}
