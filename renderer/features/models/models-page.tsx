import { ModelDetailsView } from './model-details.tsx';
import { isModelsView, ModelList } from './model-list.tsx';

/** `#/models` lists them, `#/models/adapters` and so on another kind; `#/models/PATH` shows one. */
export function ModelsPage({ rest: [path] }: { rest: string[] }) {
  return (
    <div className="page text-page scroll">
      <div className="mx-auto grid w-full max-w-[1240px] gap-[24px]">
        {path === undefined || path === '' || isModelsView(path) ? (
          <ModelList view={path || 'files'} />
        ) : (
          <ModelDetailsView key={path} path={path} />
        )}
      </div>
    </div>
  );
}
