export function Logo() {
  return (
    <svg width="32" height="32" viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <g fill="none" stroke="var(--on-accent)" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round">
        <path d="M8 11c0-2.2 3.6-4 8-4s8 1.8 8 4v10c0 2.200-3.600 4-8 4s-8-1.800-8-4z" />
        <path d="M8 11c0 2.200 3.600 4 8 4s8-1.800 8-4" />
        <path d="M13 19.500l2.200 2.200 4-4.400" />
      </g>
    </svg>
  );
}
