export { allocateFast as allocate } from "./fast.ts";
