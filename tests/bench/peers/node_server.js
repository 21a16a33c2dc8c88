// The handlers hello and echo of plugins/ over Node's http. The argument is the port.
'use strict';
const http = require('http');
const querystring = require('querystring');

const port = Number(process.argv[2]);

function send(response, type, body) {
  response.writeHead(200, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'X-Bench-Peer': 'node',
  });
  response.end(body);
}

function pairs(list) {
  const found = [];
  for (let i = 0; i < list.length; i += 2) found.push({name: list[i], value: list[i + 1]});
  return found;
}

function echo(request, path, query, response) {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    send(response, 'application/json', JSON.stringify({
      method: request.method,
      path: path,
      query: Object.entries(querystring.parse(query)).map(([name, value]) => ({name, value})),
      headers: pairs(request.rawHeaders),
      body: Buffer.concat(chunks).toString('utf8'),
    }));
  });
}

const server = http.createServer((request, response) => {
  // The leaner of Node's two ways to read a target: `new URL` takes longer than the whole answer.
  const [path, query] = request.url.split('?', 2);
  if (path === '/hello') {
    send(response, 'text/plain; charset=utf-8',
         'hello ' + (querystring.parse(query).name ?? 'serve!'));
  } else if (path === '/echo') {
    echo(request, path, query, response);
  } else {
    response.writeHead(404).end();
  }
});
server.listen({port, host: '127.0.0.1', backlog: 4096});
