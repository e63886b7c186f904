import { diagramPlacesSchema, type CoreHandlers } from '../contract/index.ts';
import type { SettingRows } from './setting-rows.ts';

const keyOf = (connectionId: string): string => `diagram:${connectionId}`;

/** Where the user put the tables of each database's diagram. */
export function createDiagramHandlers({
  settings,
}: {
  settings: SettingRows;
}): Pick<CoreHandlers, 'diagram.get' | 'diagram.save'> {
  return {
    'diagram.get': async ({ connectionId }) => ({
      places: settings.get(keyOf(connectionId), diagramPlacesSchema) ?? {},
    }),
    async 'diagram.save'({ connectionId, places }) {
      settings.set(keyOf(connectionId), places);
      return {};
    },
  };
}
