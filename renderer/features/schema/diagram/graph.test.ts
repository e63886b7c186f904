import { describe, expect, test } from 'vitest';
import { fakeSchema } from '../../../testing/fake-data.ts';
import { fakeJoinPath } from '../../../testing/fake-explorer.ts';
import { drawLines } from './edge-geometry.ts';
import { drawSvg } from './export-picture.ts';
import { buildGraph, lightPath, reach, sizeOf, type Graph } from './graph.ts';

const chain: Graph = {
  tables: new Map(),
  edges: [],
  neighbours: new Map([
    ['a', new Set(['b'])],
    ['b', new Set(['a', 'c'])],
    ['c', new Set(['b'])],
    ['d', new Set<string>()],
  ]),
};

describe('a graph of tables', () => {
  test('has an edge for each foreign key, with how many rows it leads from', () => {
    const [edge, ...others] = buildGraph(fakeSchema).edges;
    expect(others).toEqual([]);
    expect(edge).toMatchObject({ from: 'public.orders', to: 'public.customers', many: true, optional: true });
    const unique = {
      namespace: 'public',
      table: 'orders',
      totalBytes: 0,
      indexes: 2,
      uniqueKeys: [['customer_id']],
    };
    expect(buildGraph(fakeSchema, [unique]).edges[0]?.many).toBe(false);
  });

  test.each([
    ['0', ['a']],
    ['1', ['a', 'b']],
    ['2', ['a', 'b', 'c']],
    ['all', ['a', 'b', 'c']],
  ] as const)('reaches %s steps', (distance, expected) => {
    expect([...reach(chain, ['a'], distance)]).toEqual(expected);
    expect([...reach(chain, ['unknown'], distance)]).toEqual([]);
  });

  test('lights the foreign key that a join follows, and adds an edge for one that follows none', () => {
    const graph = buildGraph(fakeSchema);
    const path = lightPath(
      graph,
      fakeJoinPath('SELECT sum(c.credit) FROM customers c JOIN orders o ON true'),
    );
    expect([...path.edges]).toEqual([[graph.edges[0]?.id, true]]);
    expect(path.added).toEqual([]);
    const other = fakeJoinPath('SELECT 1 FROM customers c JOIN orders o ON true');
    const [join] = other.joins;
    const elsewhere = lightPath(graph, {
      ...other,
      joins: join ? [{ ...join, right: { ...join.right, columns: ['status'] } }] : [],
    });
    expect(elsewhere.added).toMatchObject([{ isJoin: true, many: false, columns: ['id'] }]);
  });
});

describe('the picture', () => {
  const graph = buildGraph(fakeSchema);
  const laidOut = {
    places: new Map([
      ['public.orders', { x: 0, y: 0 }],
      ['public.customers', { x: 400, y: 0 }],
    ]),
    routes: new Map([
      [
        graph.edges[0]?.id ?? '',
        [
          { x: 120, y: 20 },
          { x: 200, y: 20 },
          { x: 200, y: 30 },
          { x: 400, y: 30 },
        ],
      ],
    ]),
  };

  test('an edge takes its way while both tables stand where they were put', () => {
    const [edge] = graph.edges;
    if (!edge) throw new Error('There is an edge.');
    const [from, to] = [
      { x: 0, y: 0, width: 120, height: 40 },
      { x: 400, y: 0, width: 120, height: 40 },
    ];
    expect(drawLines(edge, laidOut, from, to).line).toContain('M120 20L');
    expect(drawLines(edge, laidOut, { ...from, x: -50 }, to).line).toContain('C');
  });

  test('is one SVG that a browser can read, with names escaped and nothing from elsewhere', () => {
    const odd = fakeSchema.tables.map((table) =>
      table.name === 'orders' ? { ...table, comment: '<&>' } : table,
    );
    const svg = drawSvg({
      graph: buildGraph({
        ...fakeSchema,
        tables: [...odd, { ...odd[0], name: 'a<b>&"c', foreignKeys: [] } as (typeof odd)[number]],
      }),
      keys: ['public.orders', 'public.customers', 'public.a<b>&"c'],
      ...{ edges: graph.edges, detail: 'columns', path: undefined, laidOut },
      placeOf: (key) => laidOut.places.get(key) ?? { x: 0, y: 300 },
      colours: {
        ...{ background: '#fff', surface: '#fff', border: '#888', line: '#888', text: '#000', text2: '#444' },
        ...{ accent: '#33f', danger: '#f33', palette: ['#33f'] },
      },
    });
    const document = new DOMParser().parseFromString(svg, 'image/svg+xml');
    expect(document.querySelector('parsererror')).toBeNull();
    expect([...document.querySelectorAll('text')].map((text) => text.textContent)).toContain('a<b>&"c');
    expect(svg).not.toMatch(/href|url\(|<style|<image/);
  });

  test('sizes follow the detail', () => {
    const [table] = fakeSchema.tables;
    if (!table) throw new Error('There is a table.');
    expect(sizeOf(table, 'names').height).toBeLessThan(sizeOf(table, 'keys').height);
    expect(sizeOf(table, 'keys').height).toBeLessThan(sizeOf(table, 'columns').height);
  });
});
