/**
 * The Emscripten module inside libpg-query. The package's own face keeps one instance for ever; the parser needs
 * to throw an instance away after a stack overflow (see parse.ts), which only the module's factory allows.
 */
declare module 'libpg-query/wasm/libpg-query.js' {
  export interface PgQueryModule {
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    _wasm_parse_query_raw(query: number): number;
    _wasm_free_parse_result(result: number): void;
    getValue(pointer: number, type: 'i32'): number;
    lengthBytesUTF8(text: string): number;
    stringToUTF8(text: string, pointer: number, maxBytes: number): void;
    UTF8ToString(pointer: number): string;
  }
  const createPgQueryModule: () => Promise<PgQueryModule>;
  export default createPgQueryModule;
}
