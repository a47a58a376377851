# Two images from one build: `app` (a replica, and the one-shot programs) and `proxy` (nginx with its pages and assets).
FROM node:24-slim AS build
WORKDIR /bodega
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
# The compiler stays behind although a dependency names it as an optional peer.
RUN npm run build && npm prune --omit=dev --no-audit --no-fund && rm -rf node_modules/typescript node_modules/@typescript

FROM node:24-slim AS app
WORKDIR /bodega
ENV ADDRESS=0.0.0.0 MALLOC_ARENA_MAX=2
COPY --from=build /bodega/node_modules node_modules
COPY --from=build /bodega/package.json package.json
COPY --from=build /bodega/dist dist
# A new volume takes its owner from here.
RUN mkdir -p /secrets/app /secrets/admin && chown -R node:node /secrets
USER node
EXPOSE 3000
# Node itself, so that it is what gets SIGTERM; its options are those of stack/build.mjs.
CMD ["node", "--max-old-space-size=256", "--max-semi-space-size=4", "dist/app/replica.js"]

FROM nginx:1.30 AS proxy
WORKDIR /bodega
ENV LISTEN_ADDRESSES="0.0.0.0 [::]" PORT=8080
COPY --from=build /bodega/dist/public /bodega/public
COPY --from=build /bodega/dist/errors /bodega/errors
COPY --from=build /bodega/dist/errors/headers.conf /bodega/conf/error-page-headers.conf
COPY nginx/*.conf nginx/docker/ /bodega/conf/
COPY nginx/since-1.30/ /bodega/conf/newer/
COPY nginx/settings.sh /bodega/
RUN mkdir -p /bodega/logs /bodega/run \
 && ln -s /dev/stdout /bodega/logs/access.log \
 && ln -s /dev/stderr /bodega/logs/error.log
USER nginx
EXPOSE 8080
STOPSIGNAL SIGQUIT
ENTRYPOINT ["sh", "settings.sh", "nginx", "-e", "stderr", "-p", "/bodega/", "-c", "/bodega/conf/nginx.conf"]
CMD []
