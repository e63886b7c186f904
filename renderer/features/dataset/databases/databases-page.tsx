export function DatabasesPage({ rest: _rest }: { rest: string[] }) {
  return null;
}
