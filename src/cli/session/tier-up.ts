// When V8 optimises the parser of answers: once many have come, and not while a run starts.
import { setFlagsFromString } from 'node:v8'

/**
 * Lets undici's parser run as V8 compiles it first until some 250 answers have come; for a process that is ours alone.
 *
 * The parser is WebAssembly, nearly all of it in one function. V8 counts the bytes that have run, and would optimise it at the third
 * answer already, in the middle of the start: 90 ms of the core on which the bot starts, and 30 MB, of which glibc keeps ten for good.
 * The most that V8 takes is 2³¹ − 1. It reads the flag when the parser is loaded, with the first connection.
 */
export const optimiseParserLate = (): void => setFlagsFromString('--wasm-tiering-budget=2000000000')
