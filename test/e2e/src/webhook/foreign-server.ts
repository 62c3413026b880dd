/** A web server that has nothing to do with us and answers 200 to everything: `node foreign-server.ts PORT`. */
import { createServer } from 'node:http';

createServer((_request, response) => response.end('welcome')).listen(Number(process.argv[2]), () =>
  process.stdout.write('listening\n'),
);
