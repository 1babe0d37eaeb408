/**
 * WebSocket: the HTTP upgrade request and frames. {@link io.jnatsd.websocket.Upgrade} checks the request and creates
 * the response. {@link io.jnatsd.websocket.WebSocketInput} and {@link io.jnatsd.websocket.WebSocketOutput} are streams
 * over other streams, so that the parser and the writer of a connection need not handle frames. Start reading at {@code
 * Upgrade.respond}.
 *
 * <p>It uses no other package of this project, and no sockets.
 */
package io.jnatsd.websocket;
