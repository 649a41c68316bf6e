// What a page has instead of Node's modules and koffi: only the cpu device and the machine's BLAS ask for them, and neither is opened there.
const absent = (name: string) => (): never => {
  throw new Error(`${name} is Node's; a page has none`);
};
export const createRequire = absent('createRequire');
export const availableParallelism = (): number => 1;
export const existsSync = (): boolean => false;
export const dirname = absent('dirname');
export const isAbsolute = absent('isAbsolute');
export const join = absent('join');
export const resolve = absent('resolve');
export class Worker {
  constructor() {
    absent('Worker')();
  }
}
export default {};
