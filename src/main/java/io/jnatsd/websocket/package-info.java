/**
 * WebSocket: the HTTP request that opens it, and frames. {@link io.jnatsd.websocket.Upgrade} checks the request and makes
 * the response; {@link io.jnatsd.websocket.WebSocketInput} and {@link io.jnatsd.websocket.WebSocketOutput} are streams
 * over other streams, so that the parser and the writer of a connection need not know of frames. Begin with
 * {@code Upgrade.respond}.
 *
 * <p>It uses nothing of this project, and no sockets.
 */
package io.jnatsd.websocket;
