// A station or central system of any version on ocpp-rpc in strict mode: every message either side sends is
// validated by that library. Commands are lines of JSON on stdin, events lines of JSON on stdout (see
// ../README.md). It decides nothing: answers to calls come from whoever drives it.
'use strict';

const { RPCClient, RPCServer, createRPCError, createValidator } = require('ocpp-rpc');
const readline = require('readline');

// The library has its 2.1 schemas under names that it does not look for itself.
const newest = createValidator('ocpp2.1', require('ocpp-rpc/lib/schemas/ocpp2_1.json').map(schema => ({
    ...schema,
    $id: schema.$id.replace(/Request$/, '.req').replace(/Response$/, '.conf'),
})));
const strict_protocols = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'];

const connections = new Map(); // identity -> RPCClient or RPCServerClient
const questions = new Map();   // number -> {resolve, reject} of a handler that waits for its answer
let lastQuestion = 0;

function emit(event) {
    process.stdout.write(JSON.stringify(event) + '\n');
}

function refusal({ code, description }) {
    return createRPCError(code, description || '', {});
}

// Events that both roles have in common. The connection is known by name until it is closed.
function watch(station, connection) {
    connection.on('message', ({ message, outbound }) =>
        emit({ ev: 'frame', station, dir: outbound ? 'out' : 'in', text: message.toString() }));
    connection.on('strictValidationFailure', ({ outbound, method, isCall, error }) =>
        emit({
            ev: 'violation', station, ours: outbound,
            text: `${method} ${isCall ? 'call' : 'result'}: ${error.message}`,
        }));
    connection.on('badMessage', ({ error }) =>
        emit({ ev: 'violation', station, ours: false, text: `bad message: ${error.message}` }));
    connection.on('disconnect', ({ code, reason }) => {
        if (connections.get(station) === connection) connections.delete(station);
        emit({ ev: 'disconnect', station, code, reason: String(reason || '') });
    });
    connection.handle(({ method, params }) => new Promise((resolve, reject) => {
        const n = ++lastQuestion;
        questions.set(n, { resolve, reject });
        emit({ ev: 'ask', n, station, action: method, payload: params });
    }));
}

async function connect({ station, url, password, protocols }) {
    const connection = new RPCClient({
        endpoint: url, identity: station, password, protocols, 
        strictMode: protocols.filter(name => strict_protocols.includes(name)), strictModeValidators: [newest],
        reconnect: false, callTimeoutMs: 80000, wsOpts: { handshakeTimeout: 60000 },
    });
    watch(station, connection);
    try {
        await connection.connect();
        connections.set(station, connection);
        emit({ ev: 'connect', station, protocol: connection.protocol || '' });
    } catch (error) {
        emit({ ev: 'refused', station, status: typeof error.code === 'number' ? error.code : 0,
               text: error.message });
    }
}

async function call({ n, station, action, payload }) {
    try {
        const connection = connections.get(station);
        if (!connection) throw new Error('not connected');
        emit({ ev: 'done', n, result: await connection.call(action, payload) });
    } catch (error) {
        emit({ ev: 'done', n,
               error: { code: error.rpcErrorCode || '',
                        description: error.rpcErrorMessage || error.message } });
    }
}

function answer({ n, payload, error }) {
    const question = questions.get(n);
    questions.delete(n);
    if (!question) return;
    if (error) question.reject(refusal(error));
    else question.resolve(payload);
}

const commands = {
    connect,
    call,
    answer,
    raw: ({ station, text }) => connections.get(station).sendRaw(text),
    close: ({ station }) => connections.get(station)?.close({ code: 1000 }),
};

async function serve({ port, protocol, password }) {
    const server = new RPCServer({
        protocols: [protocol], strictMode: true, strictModeValidators: [newest], callTimeoutMs: 80000,
    });
    server.auth((accept, reject, handshake) => {
        const given = handshake.password === undefined ? null : handshake.password.toString();
        if (password !== undefined && given !== password) {
            emit({ ev: 'refused', station: handshake.identity, status: 401, text: 'password' });
            reject(401, 'Unauthorized');
        } else {
            accept({ given, offered: [...handshake.protocols] });
        }
    });
    server.on('client', client => {
        watch(client.identity, client);
        connections.set(client.identity, client);
        emit({ ev: 'connect', station: client.identity, protocol: client.protocol || '',
               password: client.session.given, offered: client.session.offered });
    });
    const http = await server.listen(port, '127.0.0.1');
    emit({ ev: 'listening', port: http.address().port });
}

// node peer.js client | node peer.js server PORT PROTOCOL [PASSWORD]
const [role, port, protocol, password] = process.argv.slice(2);
if (role === 'server') serve({ port: Number(port), protocol, password });
else emit({ ev: 'listening', port: 0 });

const input = readline.createInterface({ input: process.stdin });
input.on('line', line => {
    const command = JSON.parse(line);
    try {
        commands[command.do](command);
    } catch (error) {
        emit({ ev: 'violation', station: command.station || '', ours: true,
               text: `${command.do}: ${error.message}` });
    }
});
input.on('close', () => process.exit(0));
