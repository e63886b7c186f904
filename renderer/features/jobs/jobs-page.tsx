import { JobDetail } from './job-detail.tsx';
import { JobList } from './job-list.tsx';

/** @param rest what comes after the page in the address: the id of the job that is open */
export function JobsPage({ rest }: { rest: string[] }) {
  const [jobId] = rest;
  return <div className="page scroll">{jobId ? <JobDetail key={jobId} jobId={jobId} /> : <JobList />}</div>;
}
