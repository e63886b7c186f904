import { uncheckedPrice, type PriceTable } from '../../contract/index.ts';

/**
 * What to begin with: list prices in US dollars as they were remembered on that day, not looked up since. They change, differ by
 * region, and must be checked before anyone relies on a cost: the table is the user's own to edit.
 */
const asOf = '2025-06-01';
const common = { currency: 'USD', asOf } as const;
const googleCloud = `Google Cloud, on demand, us-central1; ${uncheckedPrice}`;
const colab = `Colab, pay as you go, 100 units for 9.99; ${uncheckedPrice}`;

export const defaultPrices: PriceTable = {
  hardware: [
    {
      ...{ id: 'colab-t4', gpu: 'Tesla T4', title: 'Colab, T4', memoryGib: 15, perHour: 0.18 },
      ...{ ...common, source: colab },
    },
    {
      ...{ id: 'colab-l4', gpu: 'NVIDIA L4', title: 'Colab, L4', memoryGib: 22, perHour: 0.48 },
      ...{ ...common, source: colab },
    },
    {
      ...{ id: 'colab-a100', gpu: 'NVIDIA A100-SXM4-40GB', title: 'Colab, A100 40 GB', memoryGib: 40 },
      ...{ perHour: 1.18, ...common, source: colab },
    },
    {
      ...{ id: 'gcp-l4', gpu: 'NVIDIA L4', title: 'Google Cloud g2-standard-8, L4', memoryGib: 22 },
      ...{ perHour: 0.85, ...common, source: googleCloud },
    },
    {
      ...{ id: 'gcp-a100-40', gpu: 'NVIDIA A100-SXM4-40GB', title: 'Google Cloud a2-highgpu-1g, A100 40 GB' },
      ...{ memoryGib: 40, perHour: 3.67, ...common, source: googleCloud },
    },
    {
      ...{ id: 'gcp-h100', gpu: 'NVIDIA H100 80GB HBM3', title: 'Google Cloud a3-highgpu-1g, H100 80 GB' },
      ...{ memoryGib: 80, perHour: 11.06, ...common, source: googleCloud },
    },
  ],
  storagePerGibMonth: 0.02,
  storageAsOf: asOf,
};
