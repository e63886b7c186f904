/** Ends of edges: a crow's foot for many, a bar for one, a circle before it for none or one. */
export function Markers() {
  const shared = {
    viewBox: '0 0 16 12',
    markerWidth: 16,
    markerHeight: 12,
    markerUnits: 'userSpaceOnUse',
    refX: 16,
    refY: 6,
    orient: 'auto-start-reverse',
  };
  const line = { fill: 'none', stroke: 'context-stroke', strokeWidth: 1.4 };
  return (
    <svg aria-hidden className="absolute h-0 w-0">
      <defs>
        <marker id="relation-many" {...shared}>
          <path d="M5 6 L16 0 M5 6 L16 12 M5 6 H16" {...line} />
        </marker>
        <marker id="relation-one" {...shared}>
          <path d="M9 1 V11" {...line} />
        </marker>
        <marker id="relation-optional" {...shared}>
          <path d="M11 1 V11" {...line} />
          <circle cx="5" cy="6" r="3.2" {...line} fill="var(--surface)" />
        </marker>
        <marker id="relation-plain" {...shared} />
      </defs>
    </svg>
  );
}
