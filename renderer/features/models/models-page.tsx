import { ModelDetailsView } from './model-details.tsx';
import { ModelList } from './model-list.tsx';

/** `#/models` lists them; `#/models/PATH` shows one. */
export function ModelsPage({ rest: [path] }: { rest: string[] }) {
  return (
    <div className="page text-page scroll">
      <div className="mx-auto grid w-full max-w-[1240px] gap-[24px]">
        {path ? <ModelDetailsView key={path} path={path} /> : <ModelList />}
      </div>
    </div>
  );
}
