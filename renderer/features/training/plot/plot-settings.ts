import { createSignal } from './changes.ts';
import { useSyncExternalStore } from 'react';

/** How all charts of trainings are drawn; kept while the window is open. */
export interface PlotSettings {
  axis: 'step' | 'time';
  isLog: boolean;
  /** Weight of the moving mean, from 0 (none) to below 1. */
  smoothing: number;
}

const changed = createSignal();
let settings: PlotSettings = { axis: 'step', isLog: false, smoothing: 0.6 };

export function setPlotSettings(changes: Partial<PlotSettings>): void {
  settings = { ...settings, ...changes };
  changed.emit();
}

export function usePlotSettings(): PlotSettings {
  return useSyncExternalStore(changed.subscribe, () => settings);
}
