// What the deliveries of the benchmarks are signed with.
export const SECRET = 'the secret of the benchmark'
