export { exportRun, titleOfExport, type ExportDeps, type ExportInput } from './export-run.ts';
