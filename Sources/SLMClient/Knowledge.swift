public import Wire

extension Connection {
    /// Adds a source, or puts new content under the name of one of the caller's own.
    ///
    /// - Parameter params: without `content`, the content is what was sent in pieces.
    public mutating func addSource(_ params: AddSourceParams) throws(ClientError) -> AddSourceResult {
        try withoutTimeout { connection throws(ClientError) in try connection.call(params) }
    }

    /// A page of the sources that the caller can see.
    public mutating func sources(
        _ params: ListSourcesParams = ListSourcesParams()
    ) throws(ClientError) -> ListSourcesResult {
        try call(params)
    }

    /// A source and the passages of it after one of them.
    public mutating func source(
        _ source: SourceReference, after passage: Int64 = 0
    ) throws(ClientError) -> ShowSourceResult {
        try call(ShowSourceParams(.source(source, after: passage)))
    }

    /// One passage and its source.
    public mutating func passage(_ passage: Int64) throws(ClientError) -> ShowSourceResult {
        try call(ShowSourceParams(.passage(passage)))
    }

    /// The passages that tell most about a query.
    public mutating func search(_ params: SearchParams) throws(ClientError) -> SearchResult {
        try call(params)
    }

    public mutating func removeSource(_ source: SourceReference) throws(ClientError) -> RemoveSourceResult {
        try withoutTimeout { connection throws(ClientError) in
            try connection.call(RemoveSourceParams(source: source))
        }
    }

    /// Has every passage indexed anew, in the background.
    public mutating func reindex() throws(ClientError) -> ReindexResult {
        try withoutTimeout { connection throws(ClientError) in try connection.call(ReindexParams()) }
    }

    /// Has the daemon make sources ready as a file of JSON lines, to be read in pieces.
    public mutating func exportSources(
        _ source: SourceReference? = nil
    ) throws(ClientError) -> ExportSourcesResult {
        try withoutTimeout { connection throws(ClientError) in
            try connection.call(ExportSourcesParams(source: source))
        }
    }
}
