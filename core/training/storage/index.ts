export { openBucket, type Bucket, type BucketOptions, type ObjectInfo } from './bucket.ts';
export { expectSignIn } from './credentials.ts';
export { downloadFile, type DownloadOptions } from './download-file.ts';
export { hashBytes, hashFile } from './hash-file.ts';
export { keepTrying, type Patience, type Trouble } from './keep-trying.ts';
export { deleteObject, listObjects, readObject, statObject, type Listing } from './objects.ts';
export { uploadBytes, uploadFile, type UploadOptions } from './upload-file.ts';
