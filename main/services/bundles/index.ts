export { takeBundle, type TakeRequest } from './take.ts';
export { writeBundle, type BundleOptions, type WriteRequest } from './write.ts';
