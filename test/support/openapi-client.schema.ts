export interface paths {
    "/api/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the service answers
         * @description Needs no token; one that comes all the same is checked.
         */
        get: operations["check"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preheat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preheat an image or a file
         * @description Writes the task down and answers at once; the work is done afterwards.
         */
        post: operations["createPreheat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preheat/{taskId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The state of a preheat task
         * @description Any job can be asked for here, whichever contract it came through.
         */
        get: operations["getPreheat"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/_ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the service answers
         * @description Needs no token; one that comes all the same is checked.
         */
        get: operations["ping"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/preheats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The tasks, newest first
         * @description Of all contracts.
         */
        get: operations["listPreheats"];
        put?: never;
        /**
         * Preheat an image or a file
         * @description Writes the task down and answers at once; the work is done afterwards. Asked for twice, it is two tasks.
         */
        post: operations["submitPreheat"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/preheats/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The state of a task
         * @description A task that failed says so in `status` and `errorMsg`. Only a task that a Harbor asked for, whose request carried `image`, `tag` and `digest`, is answered with 424 then, since Harbor shows its user no other reason.
         */
        get: operations["readPreheat"];
        put?: never;
        post?: never;
        /**
         * Take a task away
         * @description Its work stops within moments. What is warm already stays so.
         */
        delete: operations["deletePreheat"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/_ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the service answers below /api/v1
         * @description Needs no token; one that comes all the same is checked.
         */
        get: operations["pingV1"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/preheats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The tasks, newest first below /api/v1
         * @description Of all contracts.
         */
        get: operations["listPreheatsV1"];
        put?: never;
        /**
         * Preheat an image or a file below /api/v1
         * @description Writes the task down and answers at once; the work is done afterwards. Asked for twice, it is two tasks.
         */
        post: operations["submitPreheatV1"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/preheats/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The state of a task below /api/v1
         * @description A task that failed says so in `status` and `errorMsg`. Only a task that a Harbor asked for, whose request carried `image`, `tag` and `digest`, is answered with 424 then, since Harbor shows its user no other reason.
         */
        get: operations["readPreheatV1"];
        put?: never;
        post?: never;
        /**
         * Take a task away below /api/v1
         * @description Its work stops within moments. What is warm already stays so.
         */
        delete: operations["deletePreheatV1"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthy": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the service answers
         * @description Needs no token; one that comes all the same is checked.
         */
        get: operations["healthy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oapi/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The jobs, newest first */
        get: operations["listJobs"];
        put?: never;
        /**
         * Preheat an image or files, or ask what peers hold
         * @description `type` says what is to be done.
         *
         *     - `preheat`: makes an image or files present at the peers. Writes the job down and answers with it at once; the work is done afterwards.
         *     - `get_task`: asks every peer of the clusters whether it holds the one thing that `args.url` or `args.task_id` names. A job too.
         *     - `delete_task`: makes every peer of the clusters forget that one thing. A job too.
         *     - `get_image_distribution`: answers which peers hold which layers of the image `args.url`, as far as that is found out within 30 s. Nothing
         *       is kept of it, and nothing is fetched: peers that cannot be asked without a side effect are named in `warnings`.
         *     - `sync_peers`: asks for the peers of the clusters, and how they are, anew, and answers `OK`. Nothing is kept of it.
         *
         *     Dragonfly's `gc` is refused: what is held is cleared away without being told.
         */
        post: operations["createJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oapi/v1/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A job */
        get: operations["getJob"];
        put?: never;
        post?: never;
        /**
         * Take a job away
         * @description Also stops its work. What is warm stays warm.
         */
        delete: operations["deleteJob"];
        options?: never;
        head?: never;
        /**
         * Change the note of a job
         * @description What is left out stays as it is.
         */
        patch: operations["changeJob"];
        trace?: never;
    };
    "/oapi/v1/jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a job early
         * @description A job that has come to its end already stays as it is.
         */
        post: operations["cancelJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oapi/v1/jobs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Do again what failed
         * @description For a job that failed or was cancelled. It keeps its id and its digest, and what is warm stays warm. The credentials were wiped at its end: send them again, or those of the settings are used.
         */
        post: operations["retryJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oapi/v1/jobs/{id}/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The tasks of a job
         * @description Each is one blob on one peer, in the order of the plan. There are none until the image is resolved.
         */
        get: operations["listTasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oapi/v1/jobs/{id}/map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All tasks of a job at once, a letter for each
         * @description What a picture of the job needs: 100,000 tasks are 100 kB. `peers` and `blobs` stay as they are for as long as `plan` does, so whoever has them asks for the letters only.
         */
        get: operations["getMap"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oapi/v1/jobs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A job as it goes on
         * @description Server-sent events: `job` with the job in the form that it has in lists, at once and within a second of each change; `end` after its last one, whereupon a client should close the stream, or it would connect again. A comment comes every 15 s. At most 200 streams are open at the same time in one replica.
         */
        get: operations["watchJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oapi/v1/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a job would do
         * @description A dry run of a job of the type preheat: asks the registry with the credentials of the request, chooses the peers as the job would, and looks for what is warm already at those that can be asked without a side effect. Warms nothing and keeps nothing. Temporary failures are not tried again.
         */
        post: operations["createPlan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oapi/v1/clusters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The clusters, ordered by id */
        get: operations["listClusters"];
        put?: never;
        /** Add a cluster */
        post: operations["createCluster"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oapi/v1/clusters/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A cluster */
        get: operations["getCluster"];
        put?: never;
        post?: never;
        /**
         * Take a cluster away
         * @description The last one stays, and so does one that the settings file has. Jobs that want it and have not begun fail.
         */
        delete: operations["deleteCluster"];
        options?: never;
        head?: never;
        /**
         * Change a cluster
         * @description What is left out stays as it is, inside of scopes and configs too; `settings` are replaced as a whole. The name, the platforms and the settings of a cluster that the settings file has are changed there only.
         */
        patch: operations["changeCluster"];
        trace?: never;
    };
    "/oapi/v1/clusters/{id}/peers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The peers of a cluster
         * @description As they are known now, all at once, with how each was when it was last looked at. `sync_peers` looks anew.
         */
        get: operations["listPeers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oapi/v1/clusters/{id}/peers/{peer}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look at a peer now
         * @description Asks the peer how it is, as is done every so often by itself, and answers when it has answered or its time is over. Warms nothing.
         */
        post: operations["checkPeer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oapi/v1/personal-access-tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tokens, newest first */
        get: operations["listTokens"];
        put?: never;
        /**
         * Make a token
         * @description The answer is the only place where the token itself is ever shown.
         */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oapi/v1/personal-access-tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A token */
        get: operations["getToken"];
        put?: never;
        post?: never;
        /**
         * Revoke a token
         * @description Holds from the next call on, at every replica.
         */
        delete: operations["deleteToken"];
        options?: never;
        head?: never;
        /**
         * Change a token
         * @description What is left out stays as it is. Holds from the next call on, at every replica.
         */
        patch: operations["changeToken"];
        trace?: never;
    };
    "/oapi/v1/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whose token this is, and what it may do
         * @description Any token may ask. An addition to Dragonfly's contract.
         */
        get: operations["whoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/oapi/v1/service": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is installed here
         * @description What a client has to know of this installation before it is told how to call it. Any token may ask. An addition to Dragonfly's contract.
         */
        get: operations["getService"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the service answers
         * @description Needs no token; one that comes all the same is checked.
         */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/registry/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Preheat what was pushed
         * @description Each push of an image becomes a job: by its tag where it has one, by its digest otherwise. Other events are ignored. An event that comes again with its id is the same job. A registry sends again whatever is not answered by 200, so an event of it that cannot be taken is only told in `refused`; a Harbor's is refused with 400.
         */
        post: operations["notify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether this is a registry
         * @description What clients ask first.
         */
        get: operations["getVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/{name}/blobs/{digest}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A blob that is warm
         * @description Whole or in part. The bytes are never encoded, since the digest is that of the bytes sent.
         */
        get: operations["getBlob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/{name}/manifests/{reference}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A manifest or an index that is warm
         * @description By digest always; by tag as long as the tag is trusted to mean what it meant when it was preheated (`tag_lifetime`). The media type is that of the origin, whatever Accept says.
         */
        get: operations["getManifest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v2/{other}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a registry has besides, and a mirror has not
         * @description Tag lists, referrers and uploads are the origin's; always 404.
         */
        get: operations["getOther"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What answers here
         * @description The name and version of the service, and where its documents are. A browser is led to the console.
         */
        get: operations["welcome"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process lives
         * @description Asks nobody else. A process that does not answer here is to be started anew.
         */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether calls should be sent here
         * @description Asks the database. A replica that is stopping is not ready.
         */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The document of everything that is served
         * @description One OpenAPI 3.0 document, for generators of clients. Contracts that are switched off are not in it.
         */
        get: operations["getDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi/{contract}.yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The document of one contract
         * @description An OpenAPI 3.0 document with what one kind of client calls.
         */
        get: operations["getContractDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The documents as a page
         * @description Swagger UI, which asks nobody but this service.
         */
        get: operations["getDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Leads to /docs
         * @description For those who type a slash too many.
         */
        get: operations["redirectToDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/{asset}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A part of that page
         * @description Its style and its scripts.
         */
        get: operations["getDocsAsset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/console": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Leads to /console/
         * @description For those who type a slash too few.
         */
        get: operations["redirectToConsole"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/console/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The console
         * @description A page that is a client of the Open API contract, and asks nobody but this service.
         */
        get: operations["getConsole"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/console/assets/{asset}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A part of the console
         * @description Its scripts and pictures. Their names change with what is in them, so they may be kept for ever.
         */
        get: operations["getConsoleAsset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The service answers. */
        SupernodeChecked: {
            /**
             * @description Always 200.
             * @enum {integer}
             */
            code: 200;
        };
        /** @description Keys match without regard to case. The whole object may come as a JSON string holding its base64. */
        SupernodePreheat: {
            /**
             * @description What is to be preheated.
             * @enum {string}
             */
            type: "image" | "file";
            /** @description For an image `<registry>/<image>:<tag>` or its manifest URL; for a file its address. */
            url: string;
            /** @description Sent to the origin, at most 64; `headers` means the same and wins. */
            header?: {
                [key: string]: string;
            } | null;
        };
        /** @description The task was written down. */
        SupernodeAccepted: {
            /**
             * @description Always 200.
             * @enum {integer}
             */
            code: 200;
            /** @description The task. */
            data: {
                /** @description For asking after it. */
                taskId: string;
            };
        };
        /** @description The state of a task. */
        SupernodeTask: {
            /**
             * @description Always 200.
             * @enum {integer}
             */
            code: 200;
            /** @description Why it failed; beside FAIL only. */
            msg?: string;
            /** @description The task. */
            data: {
                /** @description Its id. */
                taskId: string;
                /**
                 * @description SUCCESS only when every blob was verified at the peer.
                 * @enum {string}
                 */
                status: "RUNNING" | "SUCCESS" | "FAIL";
            };
        };
        /** @description Why the request was not taken. */
        SupernodeRefusal: {
            /**
             * @description 400, or the HTTP status where that is not 200.
             * @enum {integer}
             */
            code: 400 | 401 | 403 | 405 | 413 | 415 | 429 | 500 | 503;
            /** @description What was wrong and what to do. */
            msg: string;
        };
        /** @description Keys match without regard to case. Unknown ones are ignored. */
        PreheatsBody: {
            /**
             * @description What is to be preheated.
             * @enum {string}
             */
            type: "image" | "file";
            /** @description For an image the address of its manifest, or `<registry>/<image>:<tag>`; for a file its address. */
            url: string;
            /** @description Sent to the registry's own origin, and nowhere else. A list of texts is taken for a value, too. */
            headers?: {
                [key: string]: string;
            } | null;
            /** @description Names of query parameters that do not tell files apart, with & between them. */
            filter?: string | null;
            /** @description A later name of `filter`, which wins. */
            filteredQueryParams?: string | null;
            /** @description Tells files apart that have the same address. */
            identifier?: string | null;
            /** @description Harbor: the repository. */
            image?: string | null;
            /** @description Harbor: the tag. */
            tag?: string | null;
            /** @description Harbor: what the tag meant when the task was made. The tag decides; a job warns when it has moved. */
            digest?: string | null;
        } & {
            [key: string]: unknown;
        };
        /** @description The task was written down. */
        PreheatsAccepted: {
            /** @description Its id. */
            ID: string;
            /** @description The same id. */
            id: string;
        };
        /** @description The state of a task. */
        PreheatsTask: {
            /** @description Its id. */
            ID: string;
            /** @description The same id. */
            id: string;
            /**
             * @description SUCCESS only when every blob was verified at the peer.
             * @enum {string}
             */
            status: "WAITING" | "RUNNING" | "SUCCESS" | "FAIL";
            /**
             * Format: date-time
             * @description When it was accepted.
             */
            startTime: string;
            /**
             * Format: date-time
             * @description When it came to its end; null until then.
             */
            finishTime: string | null;
            /** @description Why it failed; otherwise empty. */
            errorMsg: string;
        };
        /** @description Why a request was not taken. */
        PreheatsRefusal: {
            /** @description What was wrong and what to do. */
            message: string;
            /** @description The same text. */
            msg: string;
            /**
             * @description The HTTP status.
             * @enum {integer}
             */
            code: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 429 | 500 | 503;
            /** @description What it is for programs, such as `request.invalid`. */
            cause: string;
        };
        /** @description A task that failed, with its reason first. */
        PreheatsLostTask: {
            /** @description Why it failed and what to do. */
            message: string;
            /**
             * @description The HTTP status.
             * @enum {integer}
             */
            code: 424;
            /** @description What it is for programs, such as `registry.not-found`. */
            cause: string;
            /** @description Its id. */
            ID: string;
            /** @description The same id. */
            id: string;
            /**
             * @description Always FAIL.
             * @enum {string}
             */
            status: "FAIL";
            /**
             * Format: date-time
             * @description When it was accepted.
             */
            startTime: string;
            /**
             * Format: date-time
             * @description When it failed.
             */
            finishTime: string;
        };
        /** @description Why a request was not taken. */
        Refusal: {
            /** @description One sentence of what is wrong, and one of what to do. */
            message: string;
            /** @description The cause, as it also stands in the log and in docs/failures.md. */
            code: string;
            /** @description The same sentence, where Dragonfly clients look for it; on 422 only. */
            errors?: string;
            /** @description What is wrong field by field, where it is a field that is wrong; on 422 only. An addition to Dragonfly's contract. */
            fields?: components["schemas"]["FieldError"][];
        };
        /** @description What is wrong with one field of a request. */
        FieldError: {
            /** @description Its path, such as `args.url` or `args.headers.Accept`. */
            field: string;
            /** @description One sentence. */
            message: string;
        };
        /** @description A job to be done. */
        CreateJob: {
            /** @description A note for people. */
            bio?: string | null;
            /**
             * @description What is to be done.
             * @enum {string}
             */
            type: "preheat" | "get_task" | "delete_task" | "get_image_distribution" | "sync_peers";
            args?: components["schemas"]["Args"];
            /**
             * Format: int64
             * @description Ignored: a job belongs to the token's user.
             */
            user_id?: number | null;
            /** @description Ignored, as by Dragonfly; a cluster's seed peers are part of it. */
            seed_peer_cluster_ids?: number[] | null;
            /** @description The clusters whose peers are to be warm. 0 names none, as Harbor's form sends it for what is no number: empty, null and [0] mean those that the path's prefix is bound to, and otherwise all. */
            scheduler_cluster_ids?: number[] | null;
        };
        /** @description What to preheat and where, or what to ask the peers for. Needed by every type of job but sync_peers. For every optional field null, 0 and "" mean the default. Of get_task and delete_task only url, task_id, content_for_calculating_task_id, piece_length, tag, application, the filters, concurrent_peer_count and timeout have a meaning; of get_image_distribution only url, platform, the credentials, piece_length, tag, application, the filters and timeout. */
        Args: {
            /**
             * @description What is to be preheated. Needed by a job of the type preheat.
             * @enum {string}
             */
            type?: "image" | "file";
            /** @description For an image its manifest URL, or registry/name:tag; for a file, and for what is asked for, its address. */
            url?: string | null;
            /** @description For get_task and delete_task, where url is not given: the id that Dragonfly has for it, or the digest of a blob; 64 hex digits, with or without `sha256:`. */
            task_id?: string | null;
            /** @description Addresses of files; `url` is added to them. */
            urls?: string[] | null;
            /**
             * Format: int64
             * @description Bytes, from 4194304 to 67108864; 0 or null for the peer’s own choice.
             */
            piece_length?: number | null;
            /** @description Part of a Dragonfly task's identity. */
            tag?: string | null;
            /** @description Part of a Dragonfly task's identity. */
            application?: string | null;
            /** @description Query parameters that do not tell files apart, with & between them. An older name, filteredQueryParams, is read too. */
            filtered_query_params?: string | null;
            /** @description A still older name of filtered_query_params. */
            filter?: string | null;
            /** @description Sent to the registry's own origin, and nowhere else. */
            headers?: {
                [key: string]: string;
            } | null;
            /** @description For the registry. */
            username?: string | null;
            /** @description For the registry; never shown again. */
            password?: string | null;
            /** @description `os/arch[/variant]`, several with commas between them, or `all`; by default the platforms of each cluster. */
            platform?: string | null;
            /**
             * @description Which peers of each cluster.
             * @enum {string|null}
             */
            scope?: "" | "single_seed_peer" | "all_seed_peers" | "single_peer" | "all_peers" | null;
            /** @description Only peers with these addresses; wins over count and percentage. */
            ips?: string[] | null;
            /** @description So many peers, 1 to 200; wins over percentage. */
            count?: number | null;
            /** @description So many of a hundred peers, 1 to 100. */
            percentage?: number | null;
            /** @description So many of a hundred tasks must be warm for the job to succeed, 1 to 100; all of them by default. An addition to Dragonfly's contract. */
            success_percentage?: number | null;
            /** @description Blobs at the same time at one peer; 8 by default. */
            concurrent_task_count?: number | null;
            /** @description Peers at the same time for one blob; 500 by default. Both multiplied: tasks of the job at the same time, as far as the service has room. */
            concurrent_peer_count?: number | null;
            /**
             * Format: int64
             * @description Ignored: how many layers are asked after at the same time is the service’s own affair.
             */
            concurrent_layer_count?: number | null;
            /**
             * Format: int64
             * @description An older name of concurrent_task_count; above 100 it means 100.
             */
            concurrent_count?: number | null;
            /**
             * Format: int64
             * @description Nanoseconds, from 1000000000 (one second); 0 for the usual time of the service.
             */
            timeout?: number | null;
            /** @description Ignored: what is preheated is always kept. */
            load_to_cache?: boolean | null;
            /** @description For get_task and delete_task, where url is not given: the id is the sha256 of this text, whatever task_id says. Ignored for preheat: how peers name what they hold is learned from them. */
            content_for_calculating_task_id?: string | null;
            /** @description Ignored: whether peers name blobs by their digest is learned from them. */
            enable_task_id_based_blob_digest?: boolean | null;
            /** @description Not supported: files are fetched by http and https only. Refused as soon as anything is set in it. */
            object_storage?: {
                [key: string]: unknown;
            } | null;
            /** @description Not supported: files are fetched by http and https only. Refused as soon as anything is set in it. */
            hdfs?: {
                [key: string]: unknown;
            } | null;
        };
        /** @description What is to change. */
        ChangeJob: {
            /** @description The note for people. "" clears it; null leaves it as it is. */
            bio?: string | null;
            /**
             * Format: int64
             * @description Ignored: a job stays its owner's.
             */
            user_id?: number | null;
        };
        /** @description Credentials for the registry, in the place of those that were wiped. */
        RetryJob: {
            /** @description For the registry; otherwise that of the job. */
            username?: string | null;
            /** @description For the registry; never shown. */
            password?: string | null;
            /** @description Sent to the registry's own origin, and nowhere else; never shown. */
            headers?: {
                [key: string]: string;
            } | null;
        };
        /** @description A job. Every key is always there. */
        Job: {
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /**
             * Format: date-time
             * @description When it was accepted.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed; the finishing time once it has come to its end.
             */
            updated_at: string;
            /**
             * @description Always 0.
             * @enum {integer}
             */
            is_del: 0;
            /** @description `group_` and a UUID. */
            task_id: string;
            /** @description The note for people. */
            bio: string;
            /**
             * @description What is done.
             * @enum {string}
             */
            type: "preheat" | "get_task" | "delete_task";
            state: components["schemas"]["State"];
            status: components["schemas"]["State"];
            args: components["schemas"]["ShownArgs"];
            result: components["schemas"]["Result"];
            /**
             * Format: int64
             * @description The user that the token belongs to.
             */
            user_id: number;
            user: components["schemas"]["User"];
            /** @description Always empty. */
            seed_peer_clusters: Record<string, never>[];
            /** @description The clusters of the job. */
            scheduler_clusters: components["schemas"]["SchedulerCluster"][];
            /**
             * @description The state in more words.
             * @enum {string}
             */
            phase: "queued" | "resolving" | "warming" | "succeeded" | "failed" | "cancelled";
            progress: components["schemas"]["Progress"];
            error: components["schemas"]["Problem"];
            /** @description What a person should know although the job goes on, such as a layer left out and why. */
            warnings: string[];
            /** @description What the tag meant when it was resolved; null for files and until then. */
            digest: string | null;
            /**
             * @description Through which contract it came. An addition to Dragonfly's contract.
             * @enum {string}
             */
            contract: "supernode" | "preheats" | "open-api" | "kraken";
            /** @description The name of the token that it came with; empty where none was asked for. An addition to Dragonfly's contract. */
            requested_by: string;
            /**
             * Format: date-time
             * @description When it came to its end; null until then. An addition to Dragonfly's contract.
             */
            ended_at: string | null;
        };
        /**
         * @description SUCCESS only when every blob was verified at every peer asked for, or as many of a hundred as `success_percentage` says; of get_task and delete_task when every peer gave a clear answer. `status` is its name in an older form of this contract.
         * @enum {string}
         */
        State: "PENDING" | "SUCCESS" | "FAILURE";
        /** @description The args with their defaults filled in, and without what is secret. A preheat has all but task_id; get_task and delete_task have application, concurrent_peer_count, filtered_query_params, piece_length, tag, task_id, timeout and url. */
        ShownArgs: {
            /** @description As given. */
            application: string;
            /** @description As given or 500. */
            concurrent_peer_count: number;
            /** @description As given or 8. */
            concurrent_task_count?: number;
            /** @description As given. */
            count?: number | null;
            /** @description As given. */
            filtered_query_params: string;
            /** @description Always null. */
            hdfs?: Record<string, never> | null;
            /** @description Values that could be a credential read `***`. */
            headers?: {
                [key: string]: string;
            } | null;
            /** @description As given. */
            ips?: string[] | null;
            /** @description Always null. */
            object_storage?: Record<string, never> | null;
            /**
             * @description Always empty.
             * @enum {string}
             */
            password?: "";
            /** @description As given. */
            percentage?: number | null;
            /**
             * Format: int64
             * @description As given.
             */
            piece_length: number | null;
            /** @description As given. */
            platform?: string;
            /** @description As given or single_seed_peer. */
            scope?: string;
            /** @description As given or 100. */
            success_percentage?: number;
            /** @description As given. */
            tag: string;
            /** @description As given, or made of the content that was given for it; empty beside a url. */
            task_id?: string;
            /**
             * Format: int64
             * @description Nanoseconds that the job may last.
             */
            timeout: number;
            /**
             * @description As given.
             * @enum {string}
             */
            type?: "image" | "file";
            /** @description As given; signatures in it read `***`. */
            url: string;
            /** @description As given; signatures in them read `***`. */
            urls?: string[] | null;
            /** @description As given. */
            username?: string;
        };
        /** @description What became of the job, in Dragonfly's form; null until the job is looked at again. */
        Result: {
            /**
             * Format: date-time
             * @description As on the job.
             */
            created_at: string;
            /** @description The job's task_id. */
            group_uuid: string;
            /** @description One entry for each cluster. */
            job_states: components["schemas"]["JobState"][];
            state: components["schemas"]["State"];
            /**
             * Format: date-time
             * @description As on the job.
             */
            updated_at: string;
        } | null;
        /** @description The job in one cluster. */
        JobState: {
            /**
             * Format: date-time
             * @description As on the job.
             */
            created_at: string;
            /** @description Why it failed; empty otherwise. */
            error: string;
            /** @description null until the job has come to its end. */
            results: components["schemas"]["ClusterResult"][] | null;
            state: components["schemas"]["State"];
            /**
             * @description The type of the job.
             * @enum {string}
             */
            task_name: "preheat" | "get_task" | "delete_task";
            /** @description Of the job in this cluster. */
            task_uuid: string;
            /**
             * @description Always 0.
             * @enum {integer}
             */
            ttl: 0;
        };
        /** @description Of a preheat blob by blob and peer by peer: `failure_tasks` and `success_tasks`. Of delete_task the same, peer by peer. Of get_task `peers`, and `failure_tasks` for those that gave no clear answer. `/oapi/v1/jobs/{id}/tasks` has all of it at any size. */
        ClusterResult: {
            /** @description All that is not as it was to be. */
            failure_tasks: {
                /** @description Why. */
                description: string;
                host_type?: components["schemas"]["HostType"];
                /** @description Of the peer. */
                hostname: string;
                /** @description Of the peer. */
                ip: string;
                /** @description Of the blob. Of a preheat only. */
                url?: string;
            }[];
            /** @description Who holds it. Of get_task only. */
            peers?: {
                /**
                 * @description Whoever holds only a part is not listed.
                 * @enum {boolean}
                 */
                IsFinished: true;
                /**
                 * Format: date-time
                 * @description Not kept.
                 */
                created_at: string;
                host_type: components["schemas"]["HostType"];
                /** @description Of the peer. */
                hostname: string;
                /** @description Of the peer. */
                id: string;
                /** @description Of the peer. */
                ip: string;
                /**
                 * Format: date-time
                 * @description Not kept.
                 */
                updated_at: string;
            }[];
            /**
             * Format: int64
             * @description The cluster.
             */
            scheduler_cluster_id: number;
            /** @description What is warm, and was verified to be; of delete_task who held it and has forgotten it. Absent of get_task. */
            success_tasks?: {
                host_type?: components["schemas"]["HostType"];
                /** @description Of the peer. */
                hostname: string;
                /** @description Of the peer. */
                ip: string;
                /** @description Of the blob; where the job has more than 2000 warm tasks, one row for each peer, such as `all 100 layers` or `97 of 100 layers`. Of a preheat only. */
                url?: string;
            }[];
        };
        /**
         * @description `super` is a seed peer. Absent of a preheat.
         * @enum {string}
         */
        HostType: "super" | "normal";
        /** @description Which peers hold which layers of an image. */
        ImageDistribution: {
            /** @description What was asked after. */
            image: {
                /** @description The layers and configs of the platforms asked for. */
                layers: components["schemas"]["LayerName"][];
            };
            /** @description The peers that hold at least one of them, seed peers too. */
            peers: {
                /** @description Its address. */
                ip: string;
                /** @description Its host. */
                hostname: string;
                /** @description What it holds. */
                cached_layers: components["schemas"]["LayerName"][];
                /**
                 * Format: int64
                 * @description Its cluster.
                 */
                scheduler_cluster_id: number;
            }[];
            /** @description Which peers were not asked, or gave no answer, and why. An addition to Dragonfly's contract. */
            warnings: string[];
        };
        /** @description A layer of an image. */
        LayerName: {
            /** @description Its address at the origin. */
            url: string;
        };
        /**
         * @description The peers of the clusters were looked for anew.
         * @enum {string}
         */
        Synced: "OK";
        /** @description Kept for clients that expect it. */
        User: {
            /**
             * Format: int64
             * @description The user's id.
             */
            id: number;
            /**
             * Format: date-time
             * @description Not kept.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description Not kept.
             */
            updated_at: string;
            /**
             * @description Always 0.
             * @enum {integer}
             */
            is_del: 0;
            /** @description Not kept. */
            email: string;
            /** @description Not kept. */
            name: string;
            /** @description Not kept. */
            avatar: string;
            /** @description Not kept. */
            phone: string;
            /** @description Not kept. */
            state: string;
            /** @description Not kept. */
            location: string;
            /** @description Not kept. */
            bio: string;
            /** @description Not kept. */
            configs: Record<string, never> | null;
        };
        /** @description A cluster, as a job shows it. */
        SchedulerCluster: {
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updated_at: string;
            /**
             * @description Always 0.
             * @enum {integer}
             */
            is_del: 0;
            /** @description Its name. */
            name: string;
            /** @description A note for people. */
            bio: string;
            /** @description Kept for clients that expect it. */
            config: Record<string, never>;
            /** @description Kept for clients that expect it. */
            client_config: Record<string, never>;
            /** @description Kept for clients that expect it. */
            seed_client_config: Record<string, never>;
            /** @description Kept for clients that expect it. */
            scopes: Record<string, never>;
            /** @description Whether it is the default cluster. */
            is_default: boolean;
            /** @description Always null. */
            seed_peer_clusters: Record<string, never>[] | null;
            /** @description Always null. */
            schedulers: Record<string, never>[] | null;
            /** @description Always null. */
            peers: Record<string, never>[] | null;
            /** @description Always null. */
            jobs: Record<string, never>[] | null;
        };
        /** @description How far the job is. */
        Progress: {
            /** @description Blobs times peers that need them; 0 until the image is resolved. */
            tasks: number;
            /** @description Tasks under way now. */
            running: number;
            /** @description Tasks verified at the peer; of get_task peers that hold it, of delete_task peers that have forgotten it. */
            warm: number;
            /** @description Tasks given up; of get_task and delete_task also peers that did not hold it. */
            failed: number;
            /** @description Of the warm tasks, those that the peer held already. */
            hits: number;
            /**
             * Format: int64
             * @description Bytes of all tasks; null while a size is unknown.
             */
            bytes_total: number | null;
            /**
             * Format: int64
             * @description Bytes at the peers by now, those found there included.
             */
            bytes_done: number;
            /**
             * Format: int64
             * @description Bytes that the origin had to send, as far as the peers say.
             */
            bytes_from_origin: number;
            /**
             * Format: int64
             * @description Bytes that peers sent each other, as far as they say.
             */
            bytes_from_peers: number;
            /**
             * Format: int64
             * @description Bytes that were there before, as far as the peers say.
             */
            bytes_held: number;
            /**
             * Format: int64
             * @description Bytes that come to be at the peers in a second, over the last seconds; null while not known, and once the job has come to its end.
             */
            bytes_per_second: number | null;
            /**
             * Format: int64
             * @description Seconds until the end at that pace, roughly; null while not known, and once the job has come to its end.
             */
            seconds_left: number | null;
        };
        /** @description Why it failed; null where it did not. */
        Problem: {
            /** @description The cause, as it also stands in the log and in docs/failures.md. */
            code: string;
            /**
             * @description Whose doing it is.
             * @enum {string}
             */
            side: "caller" | "registry" | "peer" | "store" | "self";
            /** @description What happened and where. */
            message: string;
            /** @description What to do. */
            hint: string;
        } | null;
        /** @description One blob on one peer. */
        Task: {
            /**
             * Format: int64
             * @description Its place in the plan of the job, from 0.
             */
            ordinal: number;
            peer: components["schemas"]["Peer"];
            blob: components["schemas"]["Blob"];
            /**
             * @description `warm` only when it was verified at the peer. Of get_task: the peer holds it; of delete_task: it has forgotten it.
             * @enum {string}
             */
            state: "waiting" | "running" | "warm" | "failed" | "cancelled";
            /** @description How often it was begun. */
            attempts: number;
            /**
             * Format: int64
             * @description Bytes of the blob that are at the peer by now.
             */
            bytes: number;
            /**
             * @description Where all or most of the bytes came from; `local` means that the peer held them already; null where it cannot say.
             * @enum {string|null}
             */
            source: "origin" | "peer" | "local" | null;
            moved: components["schemas"]["Moved"];
            /**
             * @description How it is known that the peer holds it. `digest`: the very bytes that it serves were hashed. `pieces`: it named every piece of it. `peer-header`: its answer to a later request says that it comes from its cache. `peer-status`: it answers with a status that only a held blob gets, or says so itself.
             * @enum {string|null}
             */
            proof: "digest" | "pieces" | "peer-header" | "peer-status" | null;
            /** @description What the peer holds; for a file known only once it is warm. */
            digest: string | null;
            error: components["schemas"]["Problem"];
            /**
             * Format: date-time
             * @description When it was first begun.
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @description When it came to its end.
             */
            ended_at: string | null;
            /**
             * Format: int64
             * @description Milliseconds from the one to the other, waiting between attempts included.
             */
            duration_ms: number | null;
        };
        /** @description Bytes that came for this task, by where they came from. What is not known is absent, and never 0. */
        Moved: {
            /**
             * Format: int64
             * @description Bytes that the origin sent.
             */
            origin?: number;
            /**
             * Format: int64
             * @description Bytes that other peers sent.
             */
            peer?: number;
            /**
             * Format: int64
             * @description Bytes that were there before.
             */
            local?: number;
        };
        /** @description A cache that can be told to hold a blob. */
        Peer: {
            /** @description Unique among the peers of all clusters. */
            id: string;
            /**
             * Format: int64
             * @description Its cluster.
             */
            cluster_id: number;
            /** @description Its host. */
            hostname: string;
            /** @description Its address; empty where only a name is known. */
            ip: string;
            /** @description Where it is spoken to, `host:port`; empty for the embedded peer. */
            address: string;
            /** @description Where it stands, as far as is known: data centre and rack. */
            location: string;
        };
        /** @description What is to be made present. */
        Blob: {
            /**
             * @description What it is.
             * @enum {string}
             */
            kind: "layer" | "config" | "manifest" | "index" | "file";
            /** @description Its name; null for a file, whose digest is known only when its bytes are. */
            digest: string | null;
            /**
             * Format: int64
             * @description Bytes; null where the origin does not say beforehand.
             */
            size: number | null;
            /** @description As the origin says. */
            media_type: string;
            /** @description Its address at the origin; signatures in it read `***`. */
            url: string;
        };
        /** @description What a job would do. */
        Plan: {
            /** @description What the tag means now; null for files. */
            digest: string | null;
            /** @description What would be taken of an index. */
            platforms: string[];
            /** @description What a person should know although the job would go on: names that no pull would match, a token that ends before the job has to, peers that are down, and what could not be looked at. */
            warnings: string[];
            /** @description Each blob at each peer that needs it. */
            tasks: number;
            /** @description Of the tasks, those that are known to be warm already; the rest may be. */
            warm: number;
            /**
             * Format: int64
             * @description At all peers together, whatever they hold already; null while a size is unknown.
             */
            bytes: number | null;
            /**
             * Format: int64
             * @description Bytes of the tasks that are not known to be warm; null while a size is unknown.
             */
            bytes_to_move: number | null;
            /** @description Which would be warm. */
            peers: components["schemas"]["Peer"][];
            /** @description The other peers of the clusters. */
            left_out: {
                peer: components["schemas"]["Peer"];
                /** @description Why it would not be warm. */
                why: string;
            }[];
            /** @description What they would hold, each blob once. */
            blobs: components["schemas"]["Blob"][];
        };
        /** @description A cluster to be added. The configs are kept and shown for clients that expect them, and have no effect. */
        CreateCluster: {
            /** @description Unique. */
            name: string;
            /** @description A note for people. */
            bio?: string | null;
            /** @description What speaks to its peers; `local` by default. An addition to Dragonfly's contract. */
            driver?: string | null;
            /** @description How its peers are found and driven, by its driver's own keys, as below `clusters:` in the settings file; docs/peers.md lists them. No secret and no TLS is taken here: those stand in the settings file. None by default. An addition to Dragonfly's contract. */
            settings?: {
                [key: string]: unknown;
            } | null;
            /** @description Whether it is the default one; then no other is. */
            is_default?: boolean | null;
            /** @description What its nodes run, each `os/arch[/variant]` or `all`: what is taken of an index for a job that names no platform. None, the default, leaves it to the settings of the registry and of the service. An addition to Dragonfly's contract. */
            platforms?: string[] | null;
            scopes?: components["schemas"]["GivenScopes"];
            scheduler_cluster_config?: components["schemas"]["GivenSchedulerConfig"];
            seed_peer_cluster_config?: components["schemas"]["GivenSeedPeerConfig"];
            peer_cluster_config?: components["schemas"]["GivenPeerConfig"];
        };
        /** @description What is to change; null and a name of "" change nothing. */
        ChangeCluster: {
            /** @description Unique. */
            name?: string | null;
            /** @description A note for people; "" clears it. */
            bio?: string | null;
            /** @description How its peers are found and driven, by its driver's own keys, as below `clusters:` in the settings file; docs/peers.md lists them. No secret and no TLS is taken here: those stand in the settings file. What is given replaces them as a whole. An addition to Dragonfly's contract. */
            settings?: {
                [key: string]: unknown;
            } | null;
            /** @description Whether it is the default one; then no other is. */
            is_default?: boolean | null;
            /** @description What its nodes run, each `os/arch[/variant]` or `all`; an empty list leaves it to the settings of the registry and of the service. An addition to Dragonfly's contract. */
            platforms?: string[] | null;
            scopes?: components["schemas"]["GivenScopes"];
            scheduler_cluster_config?: components["schemas"]["GivenSchedulerConfig"];
            seed_peer_cluster_config?: components["schemas"]["GivenSeedPeerConfig"];
            peer_cluster_config?: components["schemas"]["GivenPeerConfig"];
        };
        /** @description Where Dragonfly would use the cluster. No effect here. */
        GivenScopes: {
            /** @description Kept and shown. */
            idc?: string | null;
            /** @description Kept and shown. */
            location?: string | null;
            /** @description Kept and shown. */
            cidrs?: string[] | null;
            /** @description Kept and shown. */
            hostnames?: string[] | null;
        } | null;
        /** @description For Dragonfly's schedulers. No effect here. */
        GivenSchedulerConfig: {
            /** @description 1 to 20; 0 and null mean 3. */
            candidate_parent_limit?: number | null;
            /** @description 10 to 1000; 0 and null mean 15. */
            filter_parent_limit?: number | null;
            /** @description 1 to 1000000; 0 and null mean 10. The rate limits that hold are settings of the service. */
            job_rate_limit?: number | null;
        } | null;
        /** @description For Dragonfly's seed peers. No effect here. */
        GivenSeedPeerConfig: {
            /** @description 1 to 50000; 0 and null mean 2000. */
            load_limit?: number | null;
            block_list?: components["schemas"]["GivenBlockList"];
        } | null;
        /** @description For Dragonfly's peers. No effect here. */
        GivenPeerConfig: {
            /** @description 1 to 2000; 0 and null mean 200. */
            load_limit?: number | null;
            block_list?: components["schemas"]["GivenBlockList"];
        } | null;
        /** @description What Dragonfly would not download. No effect here. */
        GivenBlockList: {
            /** @description Kept and shown. */
            task?: {
                [key: string]: unknown;
            } | null;
            /** @description Kept and shown. */
            persistent_task?: {
                [key: string]: unknown;
            } | null;
            /** @description Kept and shown. */
            persistent_cache_task?: {
                [key: string]: unknown;
            } | null;
        } | null;
        /** @description A cluster. Every key is always there; the configs are kept for clients that expect them, and have no effect. */
        Cluster: {
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /** @description Its name. */
            name: string;
            /** @description A note for people. */
            bio: string;
            scopes: components["schemas"]["Scopes"];
            /**
             * Format: int64
             * @description The same as id.
             */
            scheduler_cluster_id: number;
            /**
             * Format: int64
             * @description The same as id.
             */
            seed_peer_cluster_id: number;
            scheduler_cluster_config: components["schemas"]["SchedulerConfig"];
            seed_peer_cluster_config: components["schemas"]["PeerConfig"];
            peer_cluster_config: components["schemas"]["PeerConfig"];
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updated_at: string;
            /** @description Whether it is the default one. */
            is_default: boolean;
            /** @description What speaks to its peers. */
            driver: string;
            /** @description What its nodes run; empty where the settings decide. */
            platforms: string[];
            /** @description How its peers are found and driven, as given. */
            settings: {
                [key: string]: unknown;
            };
            /** @description The settings file has it: its name, platforms and settings are changed there only. */
            from_file: boolean;
        };
        /** @description As given. No effect here. */
        Scopes: {
            /** @description As given. */
            idc: string;
            /** @description As given. */
            location: string;
            /** @description As given. */
            cidrs: string[] | null;
            /** @description As given. */
            hostnames: string[] | null;
        };
        /** @description As given, with Dragonfly's defaults. No effect here. */
        SchedulerConfig: {
            /** @description As given or 3. */
            candidate_parent_limit: number;
            /** @description As given or 15. */
            filter_parent_limit: number;
            /** @description As given or 10. */
            job_rate_limit: number;
        };
        /** @description As given, with Dragonfly's defaults. No effect here. */
        PeerConfig: {
            /** @description As given; otherwise 2000 for seed peers and 200 for peers. */
            load_limit: number;
            block_list: components["schemas"]["BlockList"];
        };
        /** @description As given. No effect here. */
        BlockList: {
            /** @description As given. */
            task: {
                [key: string]: unknown;
            } | null;
            /** @description As given. */
            persistent_task: {
                [key: string]: unknown;
            } | null;
            /** @description As given. */
            persistent_cache_task: {
                [key: string]: unknown;
            } | null;
        };
        /** @description A peer of a cluster. */
        ClusterPeer: {
            /** @description Unique among the peers of all clusters. */
            id: string;
            /**
             * Format: int64
             * @description Its cluster.
             */
            cluster_id: number;
            /** @description Its host. */
            hostname: string;
            /** @description Its address; empty where only a name is known. */
            ip: string;
            /** @description Where it is spoken to, `host:port`; empty for the embedded peer. */
            address: string;
            /** @description Where it stands, as far as is known: data centre and rack. */
            location: string;
            /** @description It fetches from the origin for others: the scopes of seed peers mean it. */
            seed: boolean;
            /** @description The scopes of peers mean it. */
            ordinary: boolean;
            health: components["schemas"]["Health"];
        };
        /** @description How a peer was when it was last looked at. */
        Health: {
            /**
             * @description Jobs leave out a peer that is down, unless they name its ip; `unknown` was never looked at.
             * @enum {string}
             */
            state: "up" | "degraded" | "down" | "unknown";
            /** @description Why it is not up; empty otherwise. */
            detail: string;
            /** @description Of its software; null where it does not say. */
            version: string | null;
            /**
             * Format: int64
             * @description Bytes; null where it does not say.
             */
            disk_free: number | null;
            held: components["schemas"]["Held"];
            /**
             * Format: date-time
             * @description When; null while it never was.
             */
            checked_at: string | null;
        };
        /** @description What the peer holds in all; null where it does not say. */
        Held: {
            /**
             * Format: int64
             * @description How many.
             */
            blobs: number;
            /**
             * Format: int64
             * @description Their size together.
             */
            bytes: number;
        } | null;
        /** @description All tasks of a job, a letter for each. */
        JobMap: {
            /** @description Names the plan that peers and blobs belong to; another one once the job is planned anew. Empty while there is none. */
            plan: string;
            /** @description The columns; null where the client has them. */
            peers: components["schemas"]["Peer"][] | null;
            /** @description The rows; null where the client has them. */
            blobs: components["schemas"]["Blob"][] | null;
            /** @description For each blob a letter for each peer: `q` waiting, `r` running, `w` warm, `h` warm and held already, `f` failed, `c` cancelled, `.` no task. */
            rows: string[];
            /** @description Why tasks failed, the commonest first. */
            causes: components["schemas"]["Cause"][];
        };
        /** @description Failed tasks that have their cause in common. */
        Cause: {
            /** @description The cause, as it also stands in docs/failures.md. */
            code: string;
            /**
             * @description Whose doing it is.
             * @enum {string}
             */
            side: "caller" | "registry" | "peer" | "store" | "self";
            /** @description What happened to the first of them, and where. */
            message: string;
            /** @description What to do. */
            hint: string;
            /**
             * Format: int64
             * @description How many tasks.
             */
            tasks: number;
            /**
             * Format: int64
             * @description At how many peers.
             */
            peers: number;
            /**
             * Format: int64
             * @description Of how many blobs.
             */
            blobs: number;
        };
        /** @description Whose token it is. */
        Caller: {
            /**
             * Format: int64
             * @description Its id; null for the one of the settings.
             */
            token_id: number | null;
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description Whose it is.
             */
            user_id: number;
            /** @description What it may do. */
            scopes: components["schemas"]["TokenScope"][];
            /**
             * Format: date-time
             * @description When it ends; null for the one of the settings.
             */
            expired_at: string | null;
        };
        /** @description What is installed here. */
        Service: {
            /** @description The release. */
            version: string;
            /** @description What is served. */
            contracts: string[];
            /**
             * @description Whether the older contracts, supernode, preheats and kraken, need a token.
             * @enum {string}
             */
            legacy_auth: "required" | "open";
            /** @description What may stand before every path. */
            path_prefixes: components["schemas"]["PathPrefix"][];
            /** @description The kinds of peers that clusters can have. */
            drivers: string[];
            /** @description What is taken of an index where nobody says. */
            platforms: string[];
            /**
             * Format: int64
             * @description Nanoseconds, for jobs that do not say.
             */
            job_timeout: number;
            /**
             * Format: int64
             * @description Nanoseconds; no job lasts longer.
             */
            job_timeout_max: number;
        };
        /** @description What may stand before every path. */
        PathPrefix: {
            /** @description Begins with a slash. */
            path: string;
            /** @description The clusters that calls below it are for; none: all. */
            cluster_ids: number[];
        };
        /**
         * @description What a token may do; `job` includes `job:read`, and `cluster` includes `cluster:read`.
         * @enum {string}
         */
        TokenScope: "job" | "job:read" | "cluster" | "cluster:read" | "personal-access-token";
        /** @description A token to be made. */
        CreateToken: {
            /** @description Unique. */
            name: string;
            /** @description A note for people. */
            bio?: string | null;
            /** @description None of them that the caller has not; empty and null mean job and cluster. */
            scopes?: components["schemas"]["TokenScope"][] | null;
            /**
             * Format: date-time
             * @description When it ends; in the future, with any offset.
             */
            expired_at: string;
            /**
             * Format: int64
             * @description Whose it is; 0 and null mean the user of the caller.
             */
            user_id?: number | null;
        };
        /** @description What is to change; null changes nothing. */
        ChangeToken: {
            /** @description A note for people; "" clears it. */
            bio?: string | null;
            /** @description None of them that the caller has not. */
            scopes?: components["schemas"]["TokenScope"][] | null;
            /**
             * @description An inactive token is refused; "" changes nothing.
             * @enum {string|null}
             */
            state?: "" | "active" | "inactive" | null;
            /**
             * Format: date-time
             * @description When it ends; in the future, with any offset.
             */
            expired_at?: string | null;
            /**
             * Format: int64
             * @description Whose it is; 0 changes nothing.
             */
            user_id?: number | null;
        };
        /** @description A personal access token. Every key is always there. */
        Token: {
            /**
             * Format: int64
             * @description Its id.
             */
            id: number;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             */
            updated_at: string;
            /**
             * @description Always 0.
             * @enum {integer}
             */
            is_del: 0;
            /** @description Its name. */
            name: string;
            /** @description A note for people. */
            bio: string;
            /** @description The token itself in the answer that made it, and "" ever after. */
            token: string;
            /** @description What it may do. */
            scopes: components["schemas"]["TokenScope"][];
            /**
             * @description An inactive token is refused.
             * @enum {string}
             */
            state: "active" | "inactive";
            /**
             * Format: date-time
             * @description When it ends.
             */
            expired_at: string;
            /**
             * Format: int64
             * @description Whose it is.
             */
            user_id: number;
            user: components["schemas"]["User"];
            /**
             * Format: date-time
             * @description When it was last used, exact to the minute; null while it never was.
             */
            last_used_at: string | null;
            last_used_for: components["schemas"]["Use"];
        };
        /** @description The last call that was noted; null while none was. An addition to Dragonfly's contract. */
        Use: {
            /** @description Through which contract. */
            contract: string;
            /** @description The operation, as the document of the contract calls it. */
            operation: string;
            /** @description What it said in User-Agent, at most 200 characters; empty where nothing. */
            client: string;
        } | null;
        /** @description Keys match without regard to case. A Harbor is known by the capital letter of `Events`. */
        KrakenNotification: components["schemas"]["KrakenRegistryNotification"] | components["schemas"]["KrakenHarborNotification"];
        /** @description What a registry sends. */
        KrakenRegistryNotification: {
            /** @description Without any, there is nothing to do. */
            events?: components["schemas"]["KrakenRegistryEvent"][] | null;
        } & {
            [key: string]: unknown;
        };
        /** @description What Harbor's Kraken provider sends. */
        KrakenHarborNotification: {
            /** @description Exactly one, as Harbor does it. */
            Events: components["schemas"]["KrakenHarborEvent"][];
        } & {
            [key: string]: unknown;
        };
        /** @description Something that happened in a registry. Unknown keys are ignored. */
        KrakenRegistryEvent: {
            /** @description Names the event and with it the job. */
            id?: string;
            /** @description Only `push` is looked at. */
            action?: string;
            /** @description What it happened to. */
            target?: ({
                /** @description Only those of images and indexes are looked at. */
                mediaType?: string;
                /** @description Of the manifest or index. */
                digest?: string;
                /** @description Its name without the registry. */
                repository?: string;
                /** @description Its address by tag or digest. */
                url?: string;
                /** @description The tag that it was pushed by. */
                tag?: string;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description The request that made it happen. */
            request?: ({
                /** @description Host and port of the registry, for where `url` does not say them. */
                host?: string;
            } & {
                [key: string]: unknown;
            }) | null;
        } & {
            [key: string]: unknown;
        };
        /** @description Something that happened in a registry, as Harbor writes it. Unknown keys are ignored. */
        KrakenHarborEvent: {
            /** @description Names the event and with it the job. */
            Id?: string;
            /** @description Only `push` is looked at. */
            Action?: string;
            /** @description What it happened to. */
            Target?: ({
                /** @description Only those of images and indexes are looked at. */
                MediaType?: string;
                /** @description Of the manifest or index. */
                Digest?: string;
                /** @description Its name without the registry. */
                Repository?: string;
                /** @description Its address by tag or digest. */
                Url?: string;
                /** @description The tag that it was pushed by. */
                Tag?: string;
            } & {
                [key: string]: unknown;
            }) | null;
            /** @description The request that made it happen. */
            Request?: ({
                /** @description Host and port of the registry, for where `Url` does not say them. */
                Host?: string;
            } & {
                [key: string]: unknown;
            }) | null;
        } & {
            [key: string]: unknown;
        };
        /** @description What was made of a notification. */
        KrakenTaken: {
            /** @description The ids of the jobs, in the order of their events. */
            accepted: string[];
            /** @description Events that are no push of an image. */
            ignored: number;
            /** @description Why events that are one could not be taken; absent where all were. */
            refused?: string[];
        };
        /** @description Why a notification was not taken. */
        KrakenRefusal: {
            /** @description What was wrong and what to do. */
            message: string;
            /** @description What it is for programs, such as `reference.invalid`. */
            code: string;
        };
        /** @description What went wrong, in the form of the OCI distribution specification. */
        MirrorErrors: {
            /** @description One entry. */
            errors: components["schemas"]["MirrorError"][];
        };
        /** @description One thing that went wrong. */
        MirrorError: {
            /**
             * @description A code of the specification.
             * @enum {string}
             */
            code: "BLOB_UNKNOWN" | "MANIFEST_UNKNOWN" | "NAME_UNKNOWN" | "NAME_INVALID" | "DIGEST_INVALID" | "UNAUTHORIZED" | "DENIED" | "UNSUPPORTED" | "TOOMANYREQUESTS" | "UNAVAILABLE" | "UNKNOWN";
            /** @description What happened. */
            message: string;
            /** @description What it was about. */
            detail: {
                [key: string]: unknown;
            } | null;
        };
        /** @description What answers here. */
        OpsWelcome: {
            /**
             * @description Always warmfront.
             * @enum {string}
             */
            name: "warmfront";
            /** @description The release. */
            version: string;
            /** @description Where the document of everything is. */
            document: string;
            /** @description Where the page for people is. */
            docs: string;
            /** @description Where the console is. */
            console: string;
        };
        /** @description All is well. */
        OpsStatus: {
            /**
             * @description Always ok.
             * @enum {string}
             */
            status: "ok";
        };
        /** @description Why a call was not answered as asked. */
        OpsRefusal: {
            /** @description What happened and what to do. */
            message: string;
            /** @description The cause, as it also stands in docs/failures.md. */
            code: string;
        };
    };
    responses: {
        /** @description No token came, or one that is not known here. */
        SupernodeUnauthorized: {
            headers: {
                /**
                 * @description The scheme.
                 * @example Bearer realm="warmfront"
                 */
                "WWW-Authenticate": string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": 401,
                 *       "msg": "This call needs a token, and none came with it. Send \"Authorization: Bearer <token>\"."
                 *     }
                 */
                "application/json": components["schemas"]["SupernodeRefusal"];
            };
        };
        /** @description Too many calls. */
        SupernodeTooMany: {
            headers: {
                /**
                 * @description Seconds to wait.
                 * @example 30
                 */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": 429,
                 *       "msg": "There were more than 6000 calls with this token within a minute. Wait as long as Retry-After says."
                 *     }
                 */
                "application/json": components["schemas"]["SupernodeRefusal"];
            };
        };
        /** @description Refused; `msg` says why and what to do. */
        SupernodeRefused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "code": 415,
                 *       "msg": "The body is compressed or in another charset; expected plain UTF-8. Send the body as application/json."
                 *     }
                 */
                "application/json": components["schemas"]["SupernodeRefusal"];
            };
        };
        /** @description The request says something that cannot be meant. */
        PreheatsInvalid: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "type is missing; expected \"image\" or \"file\". Correct the request and send it again.",
                 *       "msg": "type is missing; expected \"image\" or \"file\". Correct the request and send it again.",
                 *       "code": 400,
                 *       "cause": "request.invalid"
                 *     }
                 */
                "application/json": components["schemas"]["PreheatsRefusal"];
            };
        };
        /** @description No token came, or one that is not known here. */
        PreheatsUnauthorized: {
            headers: {
                /**
                 * @description The scheme.
                 * @example Bearer realm="warmfront"
                 */
                "WWW-Authenticate": string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "This call needs a token, and none came with it. Send \"Authorization: Bearer <token>\".",
                 *       "msg": "This call needs a token, and none came with it. Send \"Authorization: Bearer <token>\".",
                 *       "code": 401,
                 *       "cause": "auth.missing"
                 *     }
                 */
                "application/json": components["schemas"]["PreheatsRefusal"];
            };
        };
        /** @description The token does not have the permission. */
        PreheatsForbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The token \"reader\" does not have the permission job. Use a token that has the scope this call needs.",
                 *       "msg": "The token \"reader\" does not have the permission job. Use a token that has the scope this call needs.",
                 *       "code": 403,
                 *       "cause": "auth.denied"
                 *     }
                 */
                "application/json": components["schemas"]["PreheatsRefusal"];
            };
        };
        /** @description There is no such task. */
        PreheatsNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "There is no job 7. Check the path and the id.",
                 *       "msg": "There is no job 7. Check the path and the id.",
                 *       "code": 404,
                 *       "cause": "request.not-found"
                 *     }
                 */
                "application/json": components["schemas"]["PreheatsRefusal"];
            };
        };
        /** @description The task was asked for by a Harbor, and has failed. */
        PreheatsLost: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The registry registry.example.com has no library/app:1.0. Check the repository and the tag; the tag may have moved.",
                 *       "code": 424,
                 *       "cause": "registry.not-found",
                 *       "ID": "7",
                 *       "id": "7",
                 *       "status": "FAIL",
                 *       "startTime": "2026-03-01T10:00:00.000Z",
                 *       "finishTime": "2026-03-01T10:00:07.125Z"
                 *     }
                 */
                "application/json": components["schemas"]["PreheatsLostTask"];
            };
        };
        /** @description The body is larger than 1 MiB. */
        PreheatsTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The body is larger than 1048576 bytes. A request body may hold at most 1 MiB; split the list.",
                 *       "msg": "The body is larger than 1048576 bytes. A request body may hold at most 1 MiB; split the list.",
                 *       "code": 413,
                 *       "cause": "request.too-large"
                 *     }
                 */
                "application/json": components["schemas"]["PreheatsRefusal"];
            };
        };
        /** @description The body is compressed or in another charset. */
        PreheatsUnsupported: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The body is compressed or in another charset; expected plain UTF-8. Send the body as application/json.",
                 *       "msg": "The body is compressed or in another charset; expected plain UTF-8. Send the body as application/json.",
                 *       "code": 415,
                 *       "cause": "request.unsupported"
                 *     }
                 */
                "application/json": components["schemas"]["PreheatsRefusal"];
            };
        };
        /** @description Too many calls. */
        PreheatsTooMany: {
            headers: {
                /**
                 * @description Seconds to wait.
                 * @example 30
                 */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "There were more than 6000 calls with this token within a minute. Wait as long as Retry-After says.",
                 *       "msg": "There were more than 6000 calls with this token within a minute. Wait as long as Retry-After says.",
                 *       "code": 429,
                 *       "cause": "request.too-many"
                 *     }
                 */
                "application/json": components["schemas"]["PreheatsRefusal"];
            };
        };
        /** @description Our own fault; the log has the details. */
        PreheatsFault: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Something went wrong inside Warmfront. This is a fault of ours; the log has the details.",
                 *       "msg": "Something went wrong inside Warmfront. This is a fault of ours; the log has the details.",
                 *       "code": 500,
                 *       "cause": "self.fault"
                 *     }
                 */
                "application/json": components["schemas"]["PreheatsRefusal"];
            };
        };
        /** @description The database does not answer; try again. */
        PreheatsUnavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The database cannot be used. Check the database, its address and its disk.",
                 *       "msg": "The database cannot be used. Check the database, its address and its disk.",
                 *       "code": 503,
                 *       "cause": "store.unavailable"
                 *     }
                 */
                "application/json": components["schemas"]["PreheatsRefusal"];
            };
        };
        /** @description No token, or one that is not known, has expired or was revoked. */
        Unauthorized: {
            headers: {
                /**
                 * @description The scheme.
                 * @example Bearer realm="warmfront"
                 */
                "WWW-Authenticate": string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "This call needs a token, and none came with it. Send \"Authorization: Bearer <token>\".",
                 *       "code": "auth.missing"
                 *     }
                 */
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The token does not have the permission. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The token \"harbor\" does not have the permission cluster. Use a token that has the scope this call needs.",
                 *       "code": "auth.denied"
                 *     }
                 */
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description There is none of this id. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "There is no job 7. Check the path and the id.",
                 *       "code": "request.not-found"
                 *     }
                 */
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The path is served, with other methods only. */
        WrongMethod: {
            headers: {
                /**
                 * @description The methods that are served.
                 * @example GET, PATCH, DELETE, HEAD
                 */
                Allow: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "PUT is not served here, only GET, PATCH, DELETE, HEAD. The Allow header names the methods that are served here.",
                 *       "code": "request.wrong-method"
                 *     }
                 */
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description What is there already stands against it. */
        Conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Job 7 is warming; only what failed can be done again. Look at what is there already, and decide again.",
                 *       "code": "request.conflict"
                 *     }
                 */
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The body is larger than 1 MiB. */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The body is larger than 1048576 bytes. A request body may hold at most 1 MiB; split the list.",
                 *       "code": "request.too-large"
                 *     }
                 */
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The body is not JSON by its Content-Type, or is compressed. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The body has a media type that is not taken here; expected application/json. Send the body as application/json.",
                 *       "code": "request.unsupported"
                 *     }
                 */
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The request says something that cannot be meant; `message` and `errors` name each field. */
        Unprocessable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "args.percentage must be integer. Correct the request and send it again.",
                 *       "code": "request.invalid",
                 *       "errors": "args.percentage must be integer. Correct the request and send it again."
                 *     }
                 */
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description Too many calls, refused tokens, event streams or plans at once. */
        TooMany: {
            headers: {
                /**
                 * @description Seconds.
                 * @example 30
                 */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "There were more than 60000 calls with this token within a minute. Wait as long as Retry-After says.",
                 *       "code": "request.too-many"
                 *     }
                 */
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description A fault of ours; the log has the details. */
        Fault: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Something went wrong inside Warmfront. This is a fault of ours; the log has the details.",
                 *       "code": "self.fault"
                 *     }
                 */
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The peers could not be found out. */
        PeersFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "No scheduler of cluster 2 (edge) answers. Check that the peer runs, its address and port in the cluster, and the network path from this machine.",
                 *       "code": "peer.unreachable"
                 *     }
                 */
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The registry, or the server of a file, or a peer, did not give what was asked of it. */
        OriginFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The registry registry.example.com has no library/app:1.0. Check the repository and the tag; the tag may have moved.",
                 *       "code": "registry.not-found"
                 *     }
                 */
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The database does not answer, or this replica is stopping; try again. */
        Unavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The database does not answer. Check the database, its address and its disk.",
                 *       "code": "store.unavailable"
                 *     }
                 */
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The registry or the peers took too long. */
        TooSlow: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The plan was not made within 30 s. Give the job a longer timeout, or find what was slow in its tasks.",
                 *       "code": "job.deadline"
                 *     }
                 */
                "application/json": components["schemas"]["Refusal"];
            };
        };
        /** @description The body is no notification, or a Harbor's event cannot be taken. */
        KrakenInvalid: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The image reference \"registry.example.com/APP\" has no valid repository name of at most 255 lower-case characters. Name the image as registry/repository:tag, registry/repository@sha256:… or by its manifest URL.",
                 *       "code": "reference.invalid"
                 *     }
                 */
                "application/json": components["schemas"]["KrakenRefusal"];
            };
        };
        /** @description No token came, or one that is not known here. */
        KrakenUnauthorized: {
            headers: {
                /**
                 * @description The scheme.
                 * @example Bearer realm="warmfront"
                 */
                "WWW-Authenticate": string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "This call needs a token, and none came with it. Send \"Authorization: Bearer <token>\".",
                 *       "code": "auth.missing"
                 *     }
                 */
                "application/json": components["schemas"]["KrakenRefusal"];
            };
        };
        /** @description The token does not have the permission. */
        KrakenForbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The token \"reader\" does not have the permission job. Use a token that has the scope this call needs.",
                 *       "code": "auth.denied"
                 *     }
                 */
                "application/json": components["schemas"]["KrakenRefusal"];
            };
        };
        /** @description The body is larger than 1 MiB, or has more than 1000 events. */
        KrakenTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The body is larger than 1048576 bytes. A request body may hold at most 1 MiB; split the list.",
                 *       "code": "request.too-large"
                 *     }
                 */
                "application/json": components["schemas"]["KrakenRefusal"];
            };
        };
        /** @description The body is compressed or in another charset. */
        KrakenUnsupported: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The body is compressed or in another charset; expected plain UTF-8. Send the body as application/json.",
                 *       "code": "request.unsupported"
                 *     }
                 */
                "application/json": components["schemas"]["KrakenRefusal"];
            };
        };
        /** @description Too many calls. */
        KrakenTooMany: {
            headers: {
                /**
                 * @description Seconds to wait.
                 * @example 30
                 */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "There were more than 6000 calls with this token within a minute. Wait as long as Retry-After says.",
                 *       "code": "request.too-many"
                 *     }
                 */
                "application/json": components["schemas"]["KrakenRefusal"];
            };
        };
        /** @description Our own fault; the log has the details. */
        KrakenFault: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "Something went wrong inside Warmfront. This is a fault of ours; the log has the details.",
                 *       "code": "self.fault"
                 *     }
                 */
                "application/json": components["schemas"]["KrakenRefusal"];
            };
        };
        /** @description The database does not answer; try again. */
        KrakenUnavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The database cannot be used. Check the database, its address and its disk.",
                 *       "code": "store.unavailable"
                 *     }
                 */
                "application/json": components["schemas"]["KrakenRefusal"];
            };
        };
        /** @description The client has it already. */
        MirrorNotModified: {
            headers: {
                ETag: components["headers"]["MirrorETag"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The range begins behind the end. */
        MirrorBeyond: {
            headers: {
                "Content-Range": components["headers"]["MirrorContentRange"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description Not warm here; the origin may have it. */
        MirrorMiss: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "errors": [
                 *         {
                 *           "code": "BLOB_UNKNOWN",
                 *           "message": "This mirror does not hold the blob.",
                 *           "detail": null
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["MirrorErrors"];
            };
        };
        /** @description No token came, or one that is not known here. */
        MirrorUnauthorized: {
            headers: {
                /**
                 * @description Docker and containerd send a credential only when asked for one.
                 * @example Basic realm="Warmfront"
                 */
                "WWW-Authenticate": string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "errors": [
                 *         {
                 *           "code": "UNAUTHORIZED",
                 *           "message": "This call needs a token, and none came with it.",
                 *           "detail": null
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["MirrorErrors"];
            };
        };
        /** @description Too many wrong tokens from this address. */
        MirrorTooMany: {
            headers: {
                /**
                 * @description Seconds to wait.
                 * @example 30
                 */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "errors": [
                 *         {
                 *           "code": "TOOMANYREQUESTS",
                 *           "message": "There were more than 60 refused tokens from this address within a minute.",
                 *           "detail": null
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["MirrorErrors"];
            };
        };
        /** @description Refused in the dialect of registries. */
        MirrorRefused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "errors": [
                 *         {
                 *           "code": "NAME_INVALID",
                 *           "message": "A repository is named by lower-case words joined by slashes.",
                 *           "detail": {
                 *             "name": "Library/App"
                 *           }
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["MirrorErrors"];
            };
        };
        /** @description It does. */
        OpsOk: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "status": "ok"
                 *     }
                 */
                "application/json": components["schemas"]["OpsStatus"];
            };
        };
        /** @description The document. */
        OpsDocument: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /** @example openapi: 3.0.3 */
                "application/yaml": string;
            };
        };
        /** @description A token came, and it is not known here, has expired or was revoked. */
        OpsUnauthorized: {
            headers: {
                /**
                 * @description The scheme.
                 * @example Bearer realm="warmfront"
                 */
                "WWW-Authenticate": string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The token is not known here, has expired or was revoked. Send \"Authorization: Bearer <token>\".",
                 *       "code": "auth.missing"
                 *     }
                 */
                "application/json": components["schemas"]["OpsRefusal"];
            };
        };
        /** @description There is nothing of that name. */
        OpsNotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The page has no such part. Check the path and the id.",
                 *       "code": "request.not-found"
                 *     }
                 */
                "application/json": components["schemas"]["OpsRefusal"];
            };
        };
        /** @description Too many wrong tokens from this address. Calls without a token, or with a right one, are never counted. */
        OpsTooMany: {
            headers: {
                /**
                 * @description Seconds to wait.
                 * @example 30
                 */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "There were more than 60 refused tokens from this address within a minute. Wait as long as Retry-After says.",
                 *       "code": "request.too-many"
                 *     }
                 */
                "application/json": components["schemas"]["OpsRefusal"];
            };
        };
        /** @description The service cannot do its work just now. */
        OpsUnavailable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "This replica is stopping. This replica is stopping; another one goes on.",
                 *       "code": "self.stopping"
                 *     }
                 */
                "application/json": components["schemas"]["OpsRefusal"];
            };
        };
        /** @description Refused for another reason, such as a body that is larger than any that is taken here. */
        OpsRefused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "message": "The body is not valid JSON; expected one JSON value.",
                 *       "code": "request.invalid"
                 *     }
                 */
                "application/json": components["schemas"]["OpsRefusal"];
            };
        };
    };
    parameters: {
        /**
         * @description What POST /preheats gave.
         * @example 7
         */
        PreheatsId: string;
        /** @description From 1; 0 means 1. */
        PreheatsPage: number;
        /** @description 0 means 100. */
        PreheatsPerPage: number;
        /**
         * @description The job's id.
         * @example 7
         */
        JobId: number;
        /**
         * @description The cluster's id.
         * @example 7
         */
        ClusterId: number;
        /**
         * @description The id of the token, which is not the token.
         * @example 7
         */
        TokenId: number;
        /** @description From 1; 0 and nothing mean 1. */
        Page: number | null;
        /** @description 0 and nothing mean 10. More than 100 is understood and means 100: the list goes on at the address that Link calls next. */
        PerPage: number | null;
        /** @description Only those of this user; 0 and nothing mean all. */
        UserId: number | null;
        /**
         * @description The repository; its slashes may stand as they are.
         * @example library/app
         */
        MirrorName: string;
        /**
         * @description The registry that is meant, as containerd says it. Docker Hub where it is absent.
         * @example registry.example.com
         */
        MirrorNamespace: string;
        /**
         * @description One range of bytes. Several, and other units, are answered with the whole.
         * @example bytes=0-1048575
         */
        MirrorRange: string;
        /**
         * @description What the client has already.
         * @example "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
         */
        MirrorIfNoneMatch: string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description The addresses of the previous, next, first and last page, with the `per_page` that was served.
         * @example </oapi/v1/jobs?page=1&per_page=10>;rel=prev,</oapi/v1/jobs?page=2&per_page=10>;rel=next,</oapi/v1/jobs?page=1&per_page=10>;rel=first,</oapi/v1/jobs?page=3&per_page=10>;rel=last
         */
        Link: string;
        /** @description Docker's clients take a server without it for a registry of the first generation. */
        MirrorVersion: "registry/2.0";
        /** @description The digest of the whole. */
        MirrorDigest: string;
        /** @description Ranges of bytes are served. */
        MirrorAcceptRanges: "bytes";
        /** @description The digest in quotes. */
        MirrorETag: string;
        /** @description Which bytes of how many. */
        MirrorContentRange: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    check: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does, or the request was refused with `code` 400. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 200
                     *     }
                     */
                    "application/json": components["schemas"]["SupernodeChecked"] | components["schemas"]["SupernodeRefusal"];
                };
            };
            401: components["responses"]["SupernodeUnauthorized"];
            413: components["responses"]["SupernodeRefused"];
            415: components["responses"]["SupernodeRefused"];
            429: components["responses"]["SupernodeTooMany"];
            500: components["responses"]["SupernodeRefused"];
            503: components["responses"]["SupernodeRefused"];
        };
    };
    createPreheat: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "type": "image",
                 *       "url": "registry.example.com/library/app:1.0"
                 *     }
                 */
                "application/json": components["schemas"]["SupernodePreheat"];
            };
        };
        responses: {
            /** @description Accepted, or refused with `code` 400. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 200,
                     *       "data": {
                     *         "taskId": "7"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["SupernodeAccepted"] | components["schemas"]["SupernodeRefusal"];
                };
            };
            401: components["responses"]["SupernodeUnauthorized"];
            403: components["responses"]["SupernodeRefused"];
            413: components["responses"]["SupernodeRefused"];
            415: components["responses"]["SupernodeRefused"];
            429: components["responses"]["SupernodeTooMany"];
            500: components["responses"]["SupernodeRefused"];
            503: components["responses"]["SupernodeRefused"];
        };
    };
    getPreheat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description What POST /api/preheat gave.
                 * @example 7
                 */
                taskId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state, or a refusal with `code` 400. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "code": 200,
                     *       "data": {
                     *         "taskId": "7",
                     *         "status": "SUCCESS"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["SupernodeTask"] | components["schemas"]["SupernodeRefusal"];
                };
            };
            401: components["responses"]["SupernodeUnauthorized"];
            403: components["responses"]["SupernodeRefused"];
            413: components["responses"]["SupernodeRefused"];
            415: components["responses"]["SupernodeRefused"];
            429: components["responses"]["SupernodeTooMany"];
            500: components["responses"]["SupernodeRefused"];
            503: components["responses"]["SupernodeRefused"];
        };
    };
    ping: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example OK */
                    "application/json": "OK";
                };
            };
            400: components["responses"]["PreheatsInvalid"];
            401: components["responses"]["PreheatsUnauthorized"];
            413: components["responses"]["PreheatsTooLarge"];
            415: components["responses"]["PreheatsUnsupported"];
            429: components["responses"]["PreheatsTooMany"];
            500: components["responses"]["PreheatsFault"];
            503: components["responses"]["PreheatsUnavailable"];
        };
    };
    listPreheats: {
        parameters: {
            query?: {
                /** @description From 1; 0 means 1. */
                page?: components["parameters"]["PreheatsPage"];
                /** @description 0 means 100. */
                per_page?: components["parameters"]["PreheatsPerPage"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /**
                     * @description The addresses of the previous, next, first and last page.
                     * @example </preheats?page=1&per_page=100>;rel=prev,</preheats?page=1&per_page=100>;rel=next
                     */
                    Link: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "ID": "7",
                     *         "id": "7",
                     *         "status": "RUNNING",
                     *         "startTime": "2026-03-01T10:00:00.000Z",
                     *         "finishTime": null,
                     *         "errorMsg": ""
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["PreheatsTask"][];
                };
            };
            400: components["responses"]["PreheatsInvalid"];
            401: components["responses"]["PreheatsUnauthorized"];
            403: components["responses"]["PreheatsForbidden"];
            413: components["responses"]["PreheatsTooLarge"];
            415: components["responses"]["PreheatsUnsupported"];
            429: components["responses"]["PreheatsTooMany"];
            500: components["responses"]["PreheatsFault"];
            503: components["responses"]["PreheatsUnavailable"];
        };
    };
    submitPreheat: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "type": "image",
                 *       "url": "https://registry.example.com/v2/library/app/manifests/1.0",
                 *       "headers": {
                 *         "Authorization": "Bearer eyJhbGciOiJSUzI1NiJ9"
                 *       },
                 *       "image": "library/app",
                 *       "tag": "1.0",
                 *       "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                 *     }
                 */
                "application/json": components["schemas"]["PreheatsBody"];
            };
        };
        responses: {
            /** @description Accepted, under this id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ID": "7",
                     *       "id": "7"
                     *     }
                     */
                    "application/json": components["schemas"]["PreheatsAccepted"];
                };
            };
            400: components["responses"]["PreheatsInvalid"];
            401: components["responses"]["PreheatsUnauthorized"];
            403: components["responses"]["PreheatsForbidden"];
            413: components["responses"]["PreheatsTooLarge"];
            415: components["responses"]["PreheatsUnsupported"];
            429: components["responses"]["PreheatsTooMany"];
            500: components["responses"]["PreheatsFault"];
            503: components["responses"]["PreheatsUnavailable"];
        };
    };
    readPreheat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description What POST /preheats gave.
                 * @example 7
                 */
                id: components["parameters"]["PreheatsId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ID": "7",
                     *       "id": "7",
                     *       "status": "SUCCESS",
                     *       "startTime": "2026-03-01T10:00:00.000Z",
                     *       "finishTime": "2026-03-01T10:00:07.125Z",
                     *       "errorMsg": ""
                     *     }
                     */
                    "application/json": components["schemas"]["PreheatsTask"];
                };
            };
            400: components["responses"]["PreheatsInvalid"];
            401: components["responses"]["PreheatsUnauthorized"];
            403: components["responses"]["PreheatsForbidden"];
            404: components["responses"]["PreheatsNotFound"];
            413: components["responses"]["PreheatsTooLarge"];
            415: components["responses"]["PreheatsUnsupported"];
            424: components["responses"]["PreheatsLost"];
            429: components["responses"]["PreheatsTooMany"];
            500: components["responses"]["PreheatsFault"];
            503: components["responses"]["PreheatsUnavailable"];
        };
    };
    deletePreheat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description What POST /preheats gave.
                 * @example 7
                 */
                id: components["parameters"]["PreheatsId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example true */
                    "application/json": true;
                };
            };
            400: components["responses"]["PreheatsInvalid"];
            401: components["responses"]["PreheatsUnauthorized"];
            403: components["responses"]["PreheatsForbidden"];
            404: components["responses"]["PreheatsNotFound"];
            413: components["responses"]["PreheatsTooLarge"];
            415: components["responses"]["PreheatsUnsupported"];
            429: components["responses"]["PreheatsTooMany"];
            500: components["responses"]["PreheatsFault"];
            503: components["responses"]["PreheatsUnavailable"];
        };
    };
    pingV1: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example OK */
                    "application/json": "OK";
                };
            };
            400: components["responses"]["PreheatsInvalid"];
            401: components["responses"]["PreheatsUnauthorized"];
            413: components["responses"]["PreheatsTooLarge"];
            415: components["responses"]["PreheatsUnsupported"];
            429: components["responses"]["PreheatsTooMany"];
            500: components["responses"]["PreheatsFault"];
            503: components["responses"]["PreheatsUnavailable"];
        };
    };
    listPreheatsV1: {
        parameters: {
            query?: {
                /** @description From 1; 0 means 1. */
                page?: components["parameters"]["PreheatsPage"];
                /** @description 0 means 100. */
                per_page?: components["parameters"]["PreheatsPerPage"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /**
                     * @description The addresses of the previous, next, first and last page.
                     * @example </api/v1/preheats?page=1&per_page=100>;rel=prev,</api/v1/preheats?page=1&per_page=100>;rel=next
                     */
                    Link: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "ID": "7",
                     *         "id": "7",
                     *         "status": "RUNNING",
                     *         "startTime": "2026-03-01T10:00:00.000Z",
                     *         "finishTime": null,
                     *         "errorMsg": ""
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["PreheatsTask"][];
                };
            };
            400: components["responses"]["PreheatsInvalid"];
            401: components["responses"]["PreheatsUnauthorized"];
            403: components["responses"]["PreheatsForbidden"];
            413: components["responses"]["PreheatsTooLarge"];
            415: components["responses"]["PreheatsUnsupported"];
            429: components["responses"]["PreheatsTooMany"];
            500: components["responses"]["PreheatsFault"];
            503: components["responses"]["PreheatsUnavailable"];
        };
    };
    submitPreheatV1: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "type": "image",
                 *       "url": "https://registry.example.com/v2/library/app/manifests/1.0",
                 *       "headers": {
                 *         "Authorization": "Bearer eyJhbGciOiJSUzI1NiJ9"
                 *       },
                 *       "image": "library/app",
                 *       "tag": "1.0",
                 *       "digest": "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                 *     }
                 */
                "application/json": components["schemas"]["PreheatsBody"];
            };
        };
        responses: {
            /** @description Accepted, under this id. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ID": "7",
                     *       "id": "7"
                     *     }
                     */
                    "application/json": components["schemas"]["PreheatsAccepted"];
                };
            };
            400: components["responses"]["PreheatsInvalid"];
            401: components["responses"]["PreheatsUnauthorized"];
            403: components["responses"]["PreheatsForbidden"];
            413: components["responses"]["PreheatsTooLarge"];
            415: components["responses"]["PreheatsUnsupported"];
            429: components["responses"]["PreheatsTooMany"];
            500: components["responses"]["PreheatsFault"];
            503: components["responses"]["PreheatsUnavailable"];
        };
    };
    readPreheatV1: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description What POST /preheats gave.
                 * @example 7
                 */
                id: components["parameters"]["PreheatsId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ID": "7",
                     *       "id": "7",
                     *       "status": "SUCCESS",
                     *       "startTime": "2026-03-01T10:00:00.000Z",
                     *       "finishTime": "2026-03-01T10:00:07.125Z",
                     *       "errorMsg": ""
                     *     }
                     */
                    "application/json": components["schemas"]["PreheatsTask"];
                };
            };
            400: components["responses"]["PreheatsInvalid"];
            401: components["responses"]["PreheatsUnauthorized"];
            403: components["responses"]["PreheatsForbidden"];
            404: components["responses"]["PreheatsNotFound"];
            413: components["responses"]["PreheatsTooLarge"];
            415: components["responses"]["PreheatsUnsupported"];
            424: components["responses"]["PreheatsLost"];
            429: components["responses"]["PreheatsTooMany"];
            500: components["responses"]["PreheatsFault"];
            503: components["responses"]["PreheatsUnavailable"];
        };
    };
    deletePreheatV1: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description What POST /preheats gave.
                 * @example 7
                 */
                id: components["parameters"]["PreheatsId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example true */
                    "application/json": true;
                };
            };
            400: components["responses"]["PreheatsInvalid"];
            401: components["responses"]["PreheatsUnauthorized"];
            403: components["responses"]["PreheatsForbidden"];
            404: components["responses"]["PreheatsNotFound"];
            413: components["responses"]["PreheatsTooLarge"];
            415: components["responses"]["PreheatsUnsupported"];
            429: components["responses"]["PreheatsTooMany"];
            500: components["responses"]["PreheatsFault"];
            503: components["responses"]["PreheatsUnavailable"];
        };
    };
    healthy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example OK */
                    "application/json": "OK";
                };
            };
            401: components["responses"]["Unauthorized"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    listJobs: {
        parameters: {
            query?: {
                /** @description From 1; 0 and nothing mean 1. */
                page?: components["parameters"]["Page"];
                /** @description 0 and nothing mean 10. More than 100 is understood and means 100: the list goes on at the address that Link calls next. */
                per_page?: components["parameters"]["PerPage"];
                /** @description Only jobs in this state. RECEIVED, STARTED and RETRY are words of Dragonfly's that no job is ever in. */
                state?: "" | "PENDING" | "SUCCESS" | "FAILURE" | "RECEIVED" | "STARTED" | "RETRY";
                /** @description Only jobs of this type. sync_peers and get_image_distribution are answered at once and leave no job; gc is a type of Dragonfly's. */
                type?: "" | "preheat" | "sync_peers" | "get_task" | "get_image_distribution" | "delete_task" | "gc";
                /** @description Only those of this user; 0 and nothing mean all. */
                user_id?: components["parameters"]["UserId"];
                /** @description Only jobs in this phase. An addition to Dragonfly's contract. */
                phase?: "" | "queued" | "resolving" | "warming" | "succeeded" | "failed" | "cancelled";
                /** @description Only preheats of an image, or of files. An addition to Dragonfly's contract. */
                args_type?: "" | "image" | "file";
                /** @description Only jobs that came through this contract. An addition to Dragonfly's contract. */
                contract?: "" | "supernode" | "preheats" | "open-api" | "kraken";
                /** @description Only jobs for this cluster; 0 and nothing mean all. An addition to Dragonfly's contract. */
                scheduler_cluster_id?: number | null;
                /** @description Only jobs with a task at the peer of this id, of any plan that they had. An addition to Dragonfly's contract. */
                peer?: string;
                /** @description Only jobs with this text in the note or in an address, in capitals or not; of many addresses the first 16 KiB are looked at. An addition to Dragonfly's contract. */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. `result.job_states[].results` is null in lists. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example [] */
                    "application/json": components["schemas"]["Job"][];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    createJob: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Names this request: sent again with the same key, it answers with the job that it made the first time. The key with another request is refused with 422. Keys of different users are apart, and a key is forgotten with its job. Secrets are not compared. Without a meaning where no job is made.
                 * @example 0d1f2c9e-7d0a-4a55-9a3e-3b0c9c1c2f11
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateJob"];
            };
        };
        responses: {
            /** @description The job, PENDING; or as it stands, where the Idempotency-Key was used before. For `get_image_distribution` and `sync_peers` the answer itself. */
            200: {
                headers: {
                    /** @description `true` where an earlier request with the same key made the job; absent otherwise. */
                    "Idempotent-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"] | components["schemas"]["ImageDistribution"] | components["schemas"]["Synced"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            405: components["responses"]["WrongMethod"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            502: components["responses"]["OriginFailed"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TooSlow"];
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The job's id.
                 * @example 7
                 */
                id: components["parameters"]["JobId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The job's id.
                 * @example 7
                 */
                id: components["parameters"]["JobId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. The body is empty. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The job's id.
                 * @example 7
                 */
                id: components["parameters"]["JobId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "bio": "before the release"
                 *     }
                 */
                "application/json": components["schemas"]["ChangeJob"];
            };
        };
        responses: {
            /** @description The job as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    cancelJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The job's id.
                 * @example 7
                 */
                id: components["parameters"]["JobId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job; its work stops within moments. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    retryJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The job's id.
                 * @example 7
                 */
                id: components["parameters"]["JobId"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "username": "robot",
                 *       "password": "a-secret"
                 *     }
                 */
                "application/json": components["schemas"]["RetryJob"];
            };
        };
        responses: {
            /** @description The job, PENDING again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["WrongMethod"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    listTasks: {
        parameters: {
            query?: {
                /** @description From 1; 0 and nothing mean 1. */
                page?: components["parameters"]["Page"];
                /** @description 0 and nothing mean 10. More than 100 is understood and means 100: the list goes on at the address that Link calls next. */
                per_page?: components["parameters"]["PerPage"];
                /** @description Only tasks in this state. */
                state?: "" | "waiting" | "running" | "warm" | "failed" | "cancelled";
                /** @description Only tasks at the peer of this id, hostname or ip. */
                peer?: string;
                /** @description Only tasks of the blob of this digest or, as `blob.url` shows it, this address. */
                blob?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The job's id.
                 * @example 7
                 */
                id: components["parameters"]["JobId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "ordinal": 0,
                     *         "peer": {
                     *           "id": "local-1@node-1",
                     *           "cluster_id": 1,
                     *           "hostname": "node-1",
                     *           "ip": "127.0.0.1",
                     *           "address": "",
                     *           "location": ""
                     *         },
                     *         "blob": {
                     *           "kind": "layer",
                     *           "digest": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *           "size": 4,
                     *           "media_type": "application/vnd.oci.image.layer.v1.tar+gzip",
                     *           "url": "https://registry.example.com/v2/library/app/blobs/sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
                     *         },
                     *         "state": "warm",
                     *         "attempts": 1,
                     *         "bytes": 4,
                     *         "source": "origin",
                     *         "moved": {
                     *           "origin": 4
                     *         },
                     *         "proof": "digest",
                     *         "digest": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *         "error": null,
                     *         "started_at": "2026-01-01T00:00:00.000Z",
                     *         "ended_at": "2026-01-01T00:00:01.000Z",
                     *         "duration_ms": 1000
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Task"][];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    getMap: {
        parameters: {
            query?: {
                /** @description The `plan` of the map that the client has. Where it is still that, `peers` and `blobs` are null in the answer. */
                plan?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The job's id.
                 * @example 7
                 */
                id: components["parameters"]["JobId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The map as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "plan": "1",
                     *       "peers": [
                     *         {
                     *           "id": "local-1@node-1",
                     *           "cluster_id": 1,
                     *           "hostname": "node-1",
                     *           "ip": "127.0.0.1",
                     *           "address": "",
                     *           "location": ""
                     *         }
                     *       ],
                     *       "blobs": [
                     *         {
                     *           "kind": "layer",
                     *           "digest": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *           "size": 4,
                     *           "media_type": "application/vnd.oci.image.layer.v1.tar+gzip",
                     *           "url": "https://registry.example.com/v2/library/app/blobs/sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
                     *         }
                     *       ],
                     *       "rows": [
                     *         "w"
                     *       ],
                     *       "causes": []
                     *     }
                     */
                    "application/json": components["schemas"]["JobMap"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    watchJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The job's id.
                 * @example 7
                 */
                id: components["parameters"]["JobId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events. */
            200: {
                headers: {
                    /** @description Always no-store. */
                    "Cache-Control": "no-store";
                    /** @description Tells nginx not to hold events back. */
                    "X-Accel-Buffering": "no";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example retry: 2000
                     *
                     *     id: 2026-01-01T00:00:01.000Z
                     *     event: job
                     *     data: {"id":7}
                     *
                     *     event: end
                     *     data: {}
                     */
                    "text/event-stream": string;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    createPlan: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "type": "preheat",
                 *       "args": {
                 *         "type": "image",
                 *         "url": "https://registry.example.com/v2/library/app/manifests/1.0"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CreateJob"];
            };
        };
        responses: {
            /** @description The plan. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "digest": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *       "platforms": [
                     *         "linux/amd64"
                     *       ],
                     *       "warnings": [],
                     *       "tasks": 1,
                     *       "warm": 0,
                     *       "bytes": 4,
                     *       "bytes_to_move": 4,
                     *       "peers": [
                     *         {
                     *           "id": "local-1@node-1",
                     *           "cluster_id": 1,
                     *           "hostname": "node-1",
                     *           "ip": "127.0.0.1",
                     *           "address": "",
                     *           "location": ""
                     *         }
                     *       ],
                     *       "left_out": [
                     *         {
                     *           "peer": {
                     *             "id": "http-proxy-2@192.0.2.7:3128",
                     *             "cluster_id": 2,
                     *             "hostname": "cache-7",
                     *             "ip": "192.0.2.7",
                     *             "address": "192.0.2.7:3128",
                     *             "location": ""
                     *           },
                     *           "why": "It is down: connection refused."
                     *         }
                     *       ],
                     *       "blobs": [
                     *         {
                     *           "kind": "manifest",
                     *           "digest": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                     *           "size": 4,
                     *           "media_type": "application/vnd.oci.image.manifest.v1+json",
                     *           "url": "https://registry.example.com/v2/library/app/manifests/1.0"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Plan"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            405: components["responses"]["WrongMethod"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            502: components["responses"]["OriginFailed"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TooSlow"];
        };
    };
    listClusters: {
        parameters: {
            query?: {
                /** @description From 1; 0 and nothing mean 1. */
                page?: components["parameters"]["Page"];
                /** @description 0 and nothing mean 10. More than 100 is understood and means 100: the list goes on at the address that Link calls next. */
                per_page?: components["parameters"]["PerPage"];
                /** @description Only the cluster of exactly this name. */
                name?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 2,
                     *         "name": "edge",
                     *         "bio": "",
                     *         "scopes": {
                     *           "idc": "",
                     *           "location": "",
                     *           "cidrs": null,
                     *           "hostnames": null
                     *         },
                     *         "scheduler_cluster_id": 2,
                     *         "seed_peer_cluster_id": 2,
                     *         "scheduler_cluster_config": {
                     *           "candidate_parent_limit": 3,
                     *           "filter_parent_limit": 15,
                     *           "job_rate_limit": 10
                     *         },
                     *         "seed_peer_cluster_config": {
                     *           "load_limit": 2000,
                     *           "block_list": {
                     *             "task": null,
                     *             "persistent_task": null,
                     *             "persistent_cache_task": null
                     *           }
                     *         },
                     *         "peer_cluster_config": {
                     *           "load_limit": 200,
                     *           "block_list": {
                     *             "task": null,
                     *             "persistent_task": null,
                     *             "persistent_cache_task": null
                     *           }
                     *         },
                     *         "created_at": "2026-01-01T00:00:00.000Z",
                     *         "updated_at": "2026-01-01T00:00:00.000Z",
                     *         "is_default": false,
                     *         "driver": "http-proxy",
                     *         "platforms": [
                     *           "linux/arm64"
                     *         ],
                     *         "settings": {
                     *           "peers": [
                     *             {
                     *               "address": "cache-1.example.com:3128"
                     *             }
                     *           ]
                     *         },
                     *         "from_file": false
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Cluster"][];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    createCluster: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "edge",
                 *       "driver": "http-proxy",
                 *       "settings": {
                 *         "peers": [
                 *           {
                 *             "address": "cache-1.example.com:3128"
                 *           }
                 *         ]
                 *       },
                 *       "scheduler_cluster_config": {},
                 *       "seed_peer_cluster_config": {},
                 *       "peer_cluster_config": {},
                 *       "platforms": [
                 *         "linux/arm64"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["CreateCluster"];
            };
        };
        responses: {
            /** @description The cluster. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 2,
                     *       "name": "edge",
                     *       "bio": "",
                     *       "scopes": {
                     *         "idc": "",
                     *         "location": "",
                     *         "cidrs": null,
                     *         "hostnames": null
                     *       },
                     *       "scheduler_cluster_id": 2,
                     *       "seed_peer_cluster_id": 2,
                     *       "scheduler_cluster_config": {
                     *         "candidate_parent_limit": 3,
                     *         "filter_parent_limit": 15,
                     *         "job_rate_limit": 10
                     *       },
                     *       "seed_peer_cluster_config": {
                     *         "load_limit": 2000,
                     *         "block_list": {
                     *           "task": null,
                     *           "persistent_task": null,
                     *           "persistent_cache_task": null
                     *         }
                     *       },
                     *       "peer_cluster_config": {
                     *         "load_limit": 200,
                     *         "block_list": {
                     *           "task": null,
                     *           "persistent_task": null,
                     *           "persistent_cache_task": null
                     *         }
                     *       },
                     *       "created_at": "2026-01-01T00:00:00.000Z",
                     *       "updated_at": "2026-01-01T00:00:00.000Z",
                     *       "is_default": false,
                     *       "driver": "http-proxy",
                     *       "platforms": [
                     *         "linux/arm64"
                     *       ],
                     *       "settings": {
                     *         "peers": [
                     *           {
                     *             "address": "cache-1.example.com:3128"
                     *           }
                     *         ]
                     *       },
                     *       "from_file": false
                     *     }
                     */
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            405: components["responses"]["WrongMethod"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    getCluster: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The cluster's id.
                 * @example 7
                 */
                id: components["parameters"]["ClusterId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cluster. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 2,
                     *       "name": "edge",
                     *       "bio": "",
                     *       "scopes": {
                     *         "idc": "",
                     *         "location": "",
                     *         "cidrs": null,
                     *         "hostnames": null
                     *       },
                     *       "scheduler_cluster_id": 2,
                     *       "seed_peer_cluster_id": 2,
                     *       "scheduler_cluster_config": {
                     *         "candidate_parent_limit": 3,
                     *         "filter_parent_limit": 15,
                     *         "job_rate_limit": 10
                     *       },
                     *       "seed_peer_cluster_config": {
                     *         "load_limit": 2000,
                     *         "block_list": {
                     *           "task": null,
                     *           "persistent_task": null,
                     *           "persistent_cache_task": null
                     *         }
                     *       },
                     *       "peer_cluster_config": {
                     *         "load_limit": 200,
                     *         "block_list": {
                     *           "task": null,
                     *           "persistent_task": null,
                     *           "persistent_cache_task": null
                     *         }
                     *       },
                     *       "created_at": "2026-01-01T00:00:00.000Z",
                     *       "updated_at": "2026-01-01T00:00:00.000Z",
                     *       "is_default": false,
                     *       "driver": "http-proxy",
                     *       "platforms": [
                     *         "linux/arm64"
                     *       ],
                     *       "settings": {
                     *         "peers": [
                     *           {
                     *             "address": "cache-1.example.com:3128"
                     *           }
                     *         ]
                     *       },
                     *       "from_file": false
                     *     }
                     */
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteCluster: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The cluster's id.
                 * @example 7
                 */
                id: components["parameters"]["ClusterId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. The body is empty. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["WrongMethod"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeCluster: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The cluster's id.
                 * @example 7
                 */
                id: components["parameters"]["ClusterId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "bio": "the machines at the edge"
                 *     }
                 */
                "application/json": components["schemas"]["ChangeCluster"];
            };
        };
        responses: {
            /** @description The whole cluster as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 2,
                     *       "name": "edge",
                     *       "bio": "",
                     *       "scopes": {
                     *         "idc": "",
                     *         "location": "",
                     *         "cidrs": null,
                     *         "hostnames": null
                     *       },
                     *       "scheduler_cluster_id": 2,
                     *       "seed_peer_cluster_id": 2,
                     *       "scheduler_cluster_config": {
                     *         "candidate_parent_limit": 3,
                     *         "filter_parent_limit": 15,
                     *         "job_rate_limit": 10
                     *       },
                     *       "seed_peer_cluster_config": {
                     *         "load_limit": 2000,
                     *         "block_list": {
                     *           "task": null,
                     *           "persistent_task": null,
                     *           "persistent_cache_task": null
                     *         }
                     *       },
                     *       "peer_cluster_config": {
                     *         "load_limit": 200,
                     *         "block_list": {
                     *           "task": null,
                     *           "persistent_task": null,
                     *           "persistent_cache_task": null
                     *         }
                     *       },
                     *       "created_at": "2026-01-01T00:00:00.000Z",
                     *       "updated_at": "2026-01-01T00:00:00.000Z",
                     *       "is_default": false,
                     *       "driver": "http-proxy",
                     *       "platforms": [
                     *         "linux/arm64"
                     *       ],
                     *       "settings": {
                     *         "peers": [
                     *           {
                     *             "address": "cache-1.example.com:3128"
                     *           }
                     *         ]
                     *       },
                     *       "from_file": false
                     *     }
                     */
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["WrongMethod"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPeers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The cluster's id.
                 * @example 7
                 */
                id: components["parameters"]["ClusterId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The peers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": "http-proxy-2@192.0.2.7:3128",
                     *         "cluster_id": 2,
                     *         "hostname": "cache-7",
                     *         "ip": "192.0.2.7",
                     *         "address": "192.0.2.7:3128",
                     *         "location": "",
                     *         "seed": false,
                     *         "ordinary": true,
                     *         "health": {
                     *           "state": "up",
                     *           "detail": "",
                     *           "version": null,
                     *           "disk_free": null,
                     *           "held": null,
                     *           "checked_at": "2026-01-01T00:00:00.000Z"
                     *         }
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["ClusterPeer"][];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            502: components["responses"]["PeersFailed"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TooSlow"];
        };
    };
    checkPeer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The cluster's id.
                 * @example 7
                 */
                id: components["parameters"]["ClusterId"];
                /**
                 * @description The peer's id.
                 * @example http-proxy-2@192.0.2.7:3128
                 */
                peer: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The peer, and how it is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "http-proxy-2@192.0.2.7:3128",
                     *       "cluster_id": 2,
                     *       "hostname": "cache-7",
                     *       "ip": "192.0.2.7",
                     *       "address": "192.0.2.7:3128",
                     *       "location": "",
                     *       "seed": false,
                     *       "ordinary": true,
                     *       "health": {
                     *         "state": "down",
                     *         "detail": "connection refused",
                     *         "version": null,
                     *         "disk_free": null,
                     *         "held": null,
                     *         "checked_at": "2026-01-01T00:00:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ClusterPeer"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            502: components["responses"]["PeersFailed"];
            503: components["responses"]["Unavailable"];
            504: components["responses"]["TooSlow"];
        };
    };
    listTokens: {
        parameters: {
            query?: {
                /** @description From 1; 0 and nothing mean 1. */
                page?: components["parameters"]["Page"];
                /** @description 0 and nothing mean 10. More than 100 is understood and means 100: the list goes on at the address that Link calls next. */
                per_page?: components["parameters"]["PerPage"];
                /** @description Only tokens in this state. */
                state?: "" | "active" | "inactive";
                /** @description Only those of this user; 0 and nothing mean all. */
                user_id?: components["parameters"]["UserId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": 3,
                     *         "created_at": "2026-01-01T00:00:00.000Z",
                     *         "updated_at": "2026-01-01T00:00:00.000Z",
                     *         "is_del": 0,
                     *         "name": "harbor",
                     *         "bio": "",
                     *         "token": "",
                     *         "scopes": [
                     *           "job"
                     *         ],
                     *         "state": "active",
                     *         "expired_at": "2036-01-01T00:00:00.000Z",
                     *         "user_id": 1,
                     *         "user": {
                     *           "id": 1,
                     *           "created_at": "0001-01-01T00:00:00Z",
                     *           "updated_at": "0001-01-01T00:00:00Z",
                     *           "is_del": 0,
                     *           "email": "",
                     *           "name": "",
                     *           "avatar": "",
                     *           "phone": "",
                     *           "state": "",
                     *           "location": "",
                     *           "bio": "",
                     *           "configs": null
                     *         },
                     *         "last_used_at": null,
                     *         "last_used_for": null
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Token"][];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "harbor",
                 *       "scopes": [
                 *         "job"
                 *       ],
                 *       "expired_at": "2036-01-01T00:00:00Z"
                 *     }
                 */
                "application/json": components["schemas"]["CreateToken"];
            };
        };
        responses: {
            /** @description The token. */
            200: {
                headers: {
                    /** @description Always no-store. */
                    "Cache-Control": "no-store";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 3,
                     *       "created_at": "2026-01-01T00:00:00.000Z",
                     *       "updated_at": "2026-01-01T00:00:00.000Z",
                     *       "is_del": 0,
                     *       "name": "harbor",
                     *       "bio": "",
                     *       "token": "wf_0123456789abcdef",
                     *       "scopes": [
                     *         "job"
                     *       ],
                     *       "state": "active",
                     *       "expired_at": "2036-01-01T00:00:00.000Z",
                     *       "user_id": 1,
                     *       "user": {
                     *         "id": 1,
                     *         "created_at": "0001-01-01T00:00:00Z",
                     *         "updated_at": "0001-01-01T00:00:00Z",
                     *         "is_del": 0,
                     *         "email": "",
                     *         "name": "",
                     *         "avatar": "",
                     *         "phone": "",
                     *         "state": "",
                     *         "location": "",
                     *         "bio": "",
                     *         "configs": null
                     *       },
                     *       "last_used_at": null,
                     *       "last_used_for": null
                     *     }
                     */
                    "application/json": components["schemas"]["Token"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            405: components["responses"]["WrongMethod"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    getToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the token, which is not the token.
                 * @example 7
                 */
                id: components["parameters"]["TokenId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is known of it; not the token itself. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 3,
                     *       "created_at": "2026-01-01T00:00:00.000Z",
                     *       "updated_at": "2026-01-01T00:00:00.000Z",
                     *       "is_del": 0,
                     *       "name": "harbor",
                     *       "bio": "",
                     *       "token": "",
                     *       "scopes": [
                     *         "job"
                     *       ],
                     *       "state": "active",
                     *       "expired_at": "2036-01-01T00:00:00.000Z",
                     *       "user_id": 1,
                     *       "user": {
                     *         "id": 1,
                     *         "created_at": "0001-01-01T00:00:00Z",
                     *         "updated_at": "0001-01-01T00:00:00Z",
                     *         "is_del": 0,
                     *         "email": "",
                     *         "name": "",
                     *         "avatar": "",
                     *         "phone": "",
                     *         "state": "",
                     *         "location": "",
                     *         "bio": "",
                     *         "configs": null
                     *       },
                     *       "last_used_at": null,
                     *       "last_used_for": null
                     *     }
                     */
                    "application/json": components["schemas"]["Token"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the token, which is not the token.
                 * @example 7
                 */
                id: components["parameters"]["TokenId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. The body is empty. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeToken: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of the token, which is not the token.
                 * @example 7
                 */
                id: components["parameters"]["TokenId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "state": "inactive"
                 *     }
                 */
                "application/json": components["schemas"]["ChangeToken"];
            };
        };
        responses: {
            /** @description The token as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 3,
                     *       "created_at": "2026-01-01T00:00:00.000Z",
                     *       "updated_at": "2026-01-01T00:00:00.000Z",
                     *       "is_del": 0,
                     *       "name": "harbor",
                     *       "bio": "",
                     *       "token": "",
                     *       "scopes": [
                     *         "job"
                     *       ],
                     *       "state": "inactive",
                     *       "expired_at": "2036-01-01T00:00:00.000Z",
                     *       "user_id": 1,
                     *       "user": {
                     *         "id": 1,
                     *         "created_at": "0001-01-01T00:00:00Z",
                     *         "updated_at": "0001-01-01T00:00:00Z",
                     *         "is_del": 0,
                     *         "email": "",
                     *         "name": "",
                     *         "avatar": "",
                     *         "phone": "",
                     *         "state": "",
                     *         "location": "",
                     *         "bio": "",
                     *         "configs": null
                     *       },
                     *       "last_used_at": null,
                     *       "last_used_for": null
                     *     }
                     */
                    "application/json": components["schemas"]["Token"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    whoami: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "token_id": 3,
                     *       "name": "harbor",
                     *       "user_id": 1,
                     *       "scopes": [
                     *         "job"
                     *       ],
                     *       "expired_at": "2036-01-01T00:00:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Caller"];
                };
            };
            401: components["responses"]["Unauthorized"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    getService: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The installation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "version": "0.1.0",
                     *       "contracts": [
                     *         "supernode",
                     *         "preheats",
                     *         "open-api",
                     *         "kraken",
                     *         "mirror",
                     *         "ops"
                     *       ],
                     *       "legacy_auth": "required",
                     *       "path_prefixes": [
                     *         {
                     *           "path": "/edge",
                     *           "cluster_ids": [
                     *             2
                     *           ]
                     *         }
                     *       ],
                     *       "drivers": [
                     *         "local",
                     *         "dragonfly",
                     *         "registry-mirror",
                     *         "http-proxy"
                     *       ],
                     *       "platforms": [
                     *         "linux/amd64",
                     *         "linux/arm64"
                     *       ],
                     *       "job_timeout": 1740000000000,
                     *       "job_timeout_max": 86400000000000
                     *     }
                     */
                    "application/json": components["schemas"]["Service"];
                };
            };
            401: components["responses"]["Unauthorized"];
            405: components["responses"]["WrongMethod"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooMany"];
            500: components["responses"]["Fault"];
            503: components["responses"]["Unavailable"];
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example OK */
                    "application/json": "OK";
                };
            };
            400: components["responses"]["KrakenInvalid"];
            401: components["responses"]["KrakenUnauthorized"];
            413: components["responses"]["KrakenTooLarge"];
            415: components["responses"]["KrakenUnsupported"];
            429: components["responses"]["KrakenTooMany"];
            500: components["responses"]["KrakenFault"];
            503: components["responses"]["KrakenUnavailable"];
        };
    };
    notify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KrakenNotification"];
                "application/vnd.docker.distribution.events.v1+json": components["schemas"]["KrakenNotification"];
            };
        };
        responses: {
            /** @description What was made of the events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "accepted": [
                     *         "7"
                     *       ],
                     *       "ignored": 2
                     *     }
                     */
                    "application/json": components["schemas"]["KrakenTaken"];
                };
            };
            400: components["responses"]["KrakenInvalid"];
            401: components["responses"]["KrakenUnauthorized"];
            403: components["responses"]["KrakenForbidden"];
            413: components["responses"]["KrakenTooLarge"];
            415: components["responses"]["KrakenUnsupported"];
            429: components["responses"]["KrakenTooMany"];
            500: components["responses"]["KrakenFault"];
            503: components["responses"]["KrakenUnavailable"];
        };
    };
    getVersion: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is. */
            200: {
                headers: {
                    "Docker-Distribution-Api-Version": components["headers"]["MirrorVersion"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example {} */
                    "application/json": Record<string, never>;
                };
            };
            401: components["responses"]["MirrorUnauthorized"];
            403: components["responses"]["MirrorRefused"];
            429: components["responses"]["MirrorTooMany"];
            503: components["responses"]["MirrorRefused"];
            default: components["responses"]["MirrorRefused"];
        };
    };
    getBlob: {
        parameters: {
            query?: {
                /**
                 * @description The registry that is meant, as containerd says it. Docker Hub where it is absent.
                 * @example registry.example.com
                 */
                ns?: components["parameters"]["MirrorNamespace"];
            };
            header?: {
                /**
                 * @description One range of bytes. Several, and other units, are answered with the whole.
                 * @example bytes=0-1048575
                 */
                Range?: components["parameters"]["MirrorRange"];
                /**
                 * @description What the client has already.
                 * @example "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
                 */
                "If-None-Match"?: components["parameters"]["MirrorIfNoneMatch"];
            };
            path: {
                /**
                 * @description The repository; its slashes may stand as they are.
                 * @example library/app
                 */
                name: components["parameters"]["MirrorName"];
                /**
                 * @description The blob.
                 * @example sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
                 */
                digest: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The whole blob. */
            200: {
                headers: {
                    "Docker-Content-Digest": components["headers"]["MirrorDigest"];
                    "Accept-Ranges": components["headers"]["MirrorAcceptRanges"];
                    ETag: components["headers"]["MirrorETag"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example the bytes */
                    "application/octet-stream": string;
                };
            };
            /** @description The part that Range asked for. */
            206: {
                headers: {
                    "Docker-Content-Digest": components["headers"]["MirrorDigest"];
                    "Content-Range": components["headers"]["MirrorContentRange"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example bytes */
                    "application/octet-stream": string;
                };
            };
            304: components["responses"]["MirrorNotModified"];
            400: components["responses"]["MirrorRefused"];
            401: components["responses"]["MirrorUnauthorized"];
            403: components["responses"]["MirrorRefused"];
            404: components["responses"]["MirrorMiss"];
            416: components["responses"]["MirrorBeyond"];
            429: components["responses"]["MirrorTooMany"];
            503: components["responses"]["MirrorRefused"];
            default: components["responses"]["MirrorRefused"];
        };
    };
    getManifest: {
        parameters: {
            query?: {
                /**
                 * @description The registry that is meant, as containerd says it. Docker Hub where it is absent.
                 * @example registry.example.com
                 */
                ns?: components["parameters"]["MirrorNamespace"];
            };
            header?: {
                /**
                 * @description One range of bytes. Several, and other units, are answered with the whole.
                 * @example bytes=0-1048575
                 */
                Range?: components["parameters"]["MirrorRange"];
                /**
                 * @description What the client has already.
                 * @example "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
                 */
                "If-None-Match"?: components["parameters"]["MirrorIfNoneMatch"];
            };
            path: {
                /**
                 * @description The repository; its slashes may stand as they are.
                 * @example library/app
                 */
                name: components["parameters"]["MirrorName"];
                /**
                 * @description A digest or a tag.
                 * @example 1.0
                 */
                reference: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The manifest, byte by byte as the origin sent it. */
            200: {
                headers: {
                    "Docker-Content-Digest": components["headers"]["MirrorDigest"];
                    ETag: components["headers"]["MirrorETag"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example {"schemaVersion":2} */
                    "*/*": string;
                };
            };
            /** @description The part that Range asked for. */
            206: {
                headers: {
                    "Docker-Content-Digest": components["headers"]["MirrorDigest"];
                    "Content-Range": components["headers"]["MirrorContentRange"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example {"sch */
                    "*/*": string;
                };
            };
            304: components["responses"]["MirrorNotModified"];
            400: components["responses"]["MirrorRefused"];
            401: components["responses"]["MirrorUnauthorized"];
            403: components["responses"]["MirrorRefused"];
            404: components["responses"]["MirrorMiss"];
            416: components["responses"]["MirrorBeyond"];
            429: components["responses"]["MirrorTooMany"];
            503: components["responses"]["MirrorRefused"];
            default: components["responses"]["MirrorRefused"];
        };
    };
    getOther: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Whatever else comes after /v2/, slashes included.
                 * @example library/app/tags/list
                 */
                other: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            401: components["responses"]["MirrorUnauthorized"];
            403: components["responses"]["MirrorRefused"];
            404: components["responses"]["MirrorMiss"];
            429: components["responses"]["MirrorTooMany"];
            503: components["responses"]["MirrorRefused"];
            default: components["responses"]["MirrorRefused"];
        };
    };
    welcome: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description This is Warmfront. */
            200: {
                headers: {
                    /** @description Always Accept. */
                    Vary: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "warmfront",
                     *       "version": "0.1.0",
                     *       "document": "/openapi.yaml",
                     *       "docs": "/docs",
                     *       "console": "/console/"
                     *     }
                     */
                    "application/json": components["schemas"]["OpsWelcome"];
                };
            };
            /** @description The client is a browser; the console is at /console/. */
            302: {
                headers: {
                    /** @description Always Accept. */
                    Vary: string;
                    /**
                     * @description Relative, so that it holds below any prefix with a slash at its end.
                     * @example console/
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["OpsUnauthorized"];
            429: components["responses"]["OpsTooMany"];
            503: components["responses"]["OpsUnavailable"];
            default: components["responses"]["OpsRefused"];
        };
    };
    live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["OpsOk"];
            401: components["responses"]["OpsUnauthorized"];
            429: components["responses"]["OpsTooMany"];
            503: components["responses"]["OpsUnavailable"];
            default: components["responses"]["OpsRefused"];
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["OpsOk"];
            401: components["responses"]["OpsUnauthorized"];
            429: components["responses"]["OpsTooMany"];
            503: components["responses"]["OpsUnavailable"];
            default: components["responses"]["OpsRefused"];
        };
    };
    getDocument: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["OpsDocument"];
            401: components["responses"]["OpsUnauthorized"];
            429: components["responses"]["OpsTooMany"];
            503: components["responses"]["OpsUnavailable"];
            default: components["responses"]["OpsRefused"];
        };
    };
    getContractDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Its name, one of supernode, preheats, open-api, kraken, mirror and ops.
                 * @example preheats
                 */
                contract: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["OpsDocument"];
            401: components["responses"]["OpsUnauthorized"];
            404: components["responses"]["OpsNotFound"];
            429: components["responses"]["OpsTooMany"];
            503: components["responses"]["OpsUnavailable"];
            default: components["responses"]["OpsRefused"];
        };
    };
    getDocs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example <!doctype html> */
                    "text/html": string;
                };
            };
            401: components["responses"]["OpsUnauthorized"];
            429: components["responses"]["OpsTooMany"];
            503: components["responses"]["OpsUnavailable"];
            default: components["responses"]["OpsRefused"];
        };
    };
    redirectToDocs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page is at /docs. */
            308: {
                headers: {
                    /**
                     * @description Relative, so that it holds below any prefix.
                     * @example ../docs
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["OpsUnauthorized"];
            429: components["responses"]["OpsTooMany"];
            503: components["responses"]["OpsUnavailable"];
            default: components["responses"]["OpsRefused"];
        };
    };
    getDocsAsset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The name of a file.
                 * @example swagger-ui.css
                 */
                asset: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example body { margin: 0 } */
                    "text/css": string;
                    /** @example 'use strict' */
                    "text/javascript": string;
                };
            };
            401: components["responses"]["OpsUnauthorized"];
            404: components["responses"]["OpsNotFound"];
            429: components["responses"]["OpsTooMany"];
            503: components["responses"]["OpsUnavailable"];
            default: components["responses"]["OpsRefused"];
        };
    };
    redirectToConsole: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page is at /console/. */
            308: {
                headers: {
                    /**
                     * @description Relative, so that it holds below any prefix.
                     * @example console/
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["OpsUnauthorized"];
            429: components["responses"]["OpsTooMany"];
            503: components["responses"]["OpsUnavailable"];
            default: components["responses"]["OpsRefused"];
        };
    };
    getConsole: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example <!doctype html> */
                    "text/html": string;
                };
            };
            401: components["responses"]["OpsUnauthorized"];
            404: components["responses"]["OpsNotFound"];
            429: components["responses"]["OpsTooMany"];
            503: components["responses"]["OpsUnavailable"];
            default: components["responses"]["OpsRefused"];
        };
    };
    getConsoleAsset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The name of a file.
                 * @example index.js
                 */
                asset: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example 'use strict' */
                    "text/javascript": string;
                    /** @example body { margin: 0 } */
                    "text/css": string;
                    /** @example <svg/> */
                    "image/svg+xml": string;
                };
            };
            401: components["responses"]["OpsUnauthorized"];
            404: components["responses"]["OpsNotFound"];
            429: components["responses"]["OpsTooMany"];
            503: components["responses"]["OpsUnavailable"];
            default: components["responses"]["OpsRefused"];
        };
    };
}
