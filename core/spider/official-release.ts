/**
 * The zip that the authors' page links to (spider_data.zip, dated 2024-09-12, with the test databases). Google
 * publishes no hash; this one is what several people independently recorded for their own downloads of it.
 */
export const officialZip = {
  url: 'https://drive.usercontent.google.com/download?id=1403EGqzIDoHMdQF4c9Bkyl7dZLZ5Wt6J&export=download&confirm=t',
  sha256: '00636695dabed6b5f4b8328a16b13e069a2f16591d5efcce57660669c85b121b',
};

/** What the official release holds. */
export const officialCounts = {
  databases: 166,
  examples: { train_spider: 7_000, train_others: 1_659, dev: 1_034 },
};

/** Databases without a row, or with tables without one, in the official release itself. */
export const officiallyEmpty = [
  'academic',
  'formula_1',
  'geo',
  'imdb',
  'music_2',
  'restaurants',
  'sakila_1',
  'scholar',
  'yelp',
];

export const licence = 'CC BY-SA 4.0';

export const citation =
  'Tao Yu, Rui Zhang, Kai Yang, Michihiro Yasunaga, Dongxu Wang, Zifan Li, James Ma, Irene Li, Qingning Yao, ' +
  'Shanelle Roman, Zilin Zhang and Dragomir Radev: Spider: A Large-Scale Human-Labeled Dataset for Complex and ' +
  'Cross-Domain Semantic Parsing and Text-to-SQL Task. EMNLP 2018, arXiv:1809.08887.';
