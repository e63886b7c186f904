import { useEffect } from 'react';
import * as z from 'zod';
import { hrefOf, replaceRoute } from '../../lib/navigation.ts';
import { keep, readKept } from './kept.ts';

export const sections = ['examples', 'databases', 'statistics', 'pipeline', 'versions'] as const;
export type Section = (typeof sections)[number];

const placeSchema = z.array(z.string());

/** What comes after `#/dataset/` the last time that a section was open: its search, its example. */
function readPlace(section: Section): string[] {
  return placeSchema.safeParse(readKept(`place.${section}`)).data ?? [section];
}

export function hrefOfSection(section: Section): string {
  return hrefOf('dataset', ...readPlace(section));
}

export function findSection([name]: string[]): Section | undefined {
  return sections.find((section) => section === name);
}

/** Remembers where the user is, and leads `#/dataset` back there. */
export function useLastPlace(rest: string[]): void {
  const section = findSection(rest);
  const place = JSON.stringify(rest);
  useEffect(() => {
    if (section === undefined) {
      const last = sections.find((one) => one === readKept('section')) ?? 'examples';
      replaceRoute('dataset', ...readPlace(last));
      return;
    }
    keep('section', section);
    keep(`place.${section}`, JSON.parse(place));
  }, [section, place]);
}
