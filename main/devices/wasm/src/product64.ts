// The float64 matrix product for machines without a BLAS.
export { gemm, workspace } from './parts/gemm64';
