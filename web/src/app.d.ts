declare global {
  namespace App {
    interface Error {
      /** The server did not answer at all. */
      offline?: boolean;
      /** The request that failed, to look it up in the server's log. */
      id?: string;
    }
  }
}

export {};
