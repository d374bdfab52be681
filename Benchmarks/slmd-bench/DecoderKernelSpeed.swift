import ArgumentParser
import Tensors

/// One product of SmolLM2-135M, and how often a token needs it.
private struct Product {
    let name: String
    let format: BlockFormat
    let outputs: Int
    let inputs: Int
    let count: Int

    static let all = [
        Product(name: "queries, keys, values", format: .q41, outputs: 576 + 2 * 192, inputs: 576, count: 30),
        Product(name: "attention's output", format: .q41, outputs: 576, inputs: 576, count: 30),
        Product(name: "gate and up", format: .q41, outputs: 2 * 1536, inputs: 576, count: 30),
        Product(name: "down", format: .q41, outputs: 576, inputs: 1536, count: 30),
        Product(name: "vocabulary", format: .q80, outputs: 49152, inputs: 576, count: 1),
    ]

    /// As many as a token needs, each with weights of its own.
    func matrices(in arena: WeightArena, _ pool: ComputePool) -> [BlockMatrix] {
        var blocks = [UInt8](repeating: 0x5a, count: outputs * inputs / format.blockCount * format.blockBytes)
        for start in stride(from: 0, to: blocks.count, by: format.blockBytes) {
            // A scale and a minimum of half precision, near 0.01.
            (blocks[start], blocks[start + 1]) = (0x1f, 0x21)
            if format == .q41 { (blocks[start + 2], blocks[start + 3]) = (0x1f, 0xa1) }
        }
        return (0..<count).map { _ in
            unsafe BlockMatrix(
                format, blocks: blocks.span.bytes, outputs: outputs, inputs: inputs, precision: .int8,
                in: arena,
                pool: pool)
        }
    }
}

/// A product's weights and room, ready to run.
private struct Scene {
    let name: String
    let matrices: [BlockMatrix]
    let x: Activations
    let y: AlignedStorage<Float>

    var bytes: Int { matrices.reduce(0) { $0 + $1.byteCount } }
    var weights: Int { matrices.reduce(0) { $0 + $1.outputs * $1.inputs } }

}

/// All matrices of a scene in turn; all threads meet after each.
private struct Multiplying: StepWork {
    let scene: Scene
    let rows: Int
    let pool: ComputePool

    var steps: Int { scene.matrices.count }

    func work(_ share: Int, step: Int) {
        let matrix = scene.matrices[step]
        unsafe matrix.multiply(
            scene.x, rows: 0..<rows, outputs: matrix.share(of: share, of: pool.threads),
            into: Rows(scene.y.start, stride: matrix.paddedOutputs, count: rows), by: .best)
    }
}

/// Adds up what memory holds, as fast as it comes.
private struct Reading: StepWork {
    let words: AlignedStorage<SIMD16<UInt32>>
    let sums: AlignedStorage<UInt32>
    let shares: Int
    var steps: Int { 1 }

    func work(_ share: Int, step: Int) {
        let (first, last) = (words.count * share / shares, words.count * (share + 1) / shares)
        var sum = (SIMD16<UInt32>.zero, SIMD16<UInt32>.zero)
        for index in stride(from: first, to: last, by: 2) {
            unsafe sum.0 &+= words.start[index]
            unsafe sum.1 &+= words.start[index + 1]
        }
        unsafe sums.start[share * 16] = (sum.0 &+ sum.1).wrappedSum()
    }
}

private struct Arithmetic: StepWork {
    let products: Int
    var steps: Int { 1 }

    func work(_ share: Int, step: Int) { _ = DecoderKernels.best.multiply(steps: products) }
}

/// Times the products of a decoder's pass, beside what this machine's memory and arithmetic allow.
struct DecoderKernelSpeed: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decoder-kernels",
        abstract: "Time the products of a small decoder against the limits of memory and arithmetic.")

    @Option(help: "Turns; the best of them counts.")
    var turns = 7

    @Option(help: "Rows of a pass; may be given again.")
    var rows = [1, 4, 16, 64, 256]

    func run() throws {
        print(
            "kernels: \(DecoderKernels.best.name). Times are for all layers of SmolLM2-135M, the best of \(turns)."
        )
        for threads in [1, 2] {
            let pool = ComputePool(threads: threads)
            let limits = limits(pool)
            print(
                "\n\(threads) thread\(threads > 1 ? "s" : ""): memory \(fixed(limits.bytes / 1e9)) GB/s, "
                    + "arithmetic \(fixed(limits.operations / 1e9)) GOP/s")
            print("product                rows        ms      GB/s     GOP/s   % of the limit")
            let scenes = scenes(pool)
            for rows in rows {
                var (whole, least) = (0.0, 0.0)
                // A prompt wants the vocabulary once.
                for scene in scenes where rows == 1 || scene.matrices.count > 1 {
                    let time = best { pool.run(Multiplying(scene: scene, rows: rows, pool: pool)) }
                    let operations = 2 * Double(scene.weights) * Double(rows)
                    let possible = max(Double(scene.bytes) / limits.bytes, operations / limits.operations)
                    report(scene.name, rows, time, Double(scene.bytes), operations, possible)
                    (whole, least) = (whole + time, least + possible)
                }
                let tokens = Double(rows) / whole
                print("  together \(Int(tokens)) tokens/s, at the limit \(Int(Double(rows) / least))")
            }
        }
    }

    private func scenes(_ pool: ComputePool) -> [Scene] {
        let arena = WeightArena()
        let most = rows.max() ?? 1
        return Product.all.map { product in
            let x = Activations(rows: most, width: product.inputs, precision: .int8)
            let floats = AlignedStorage<Float>((0..<most * product.inputs).map { Float($0 % 251) - 125 })
            unsafe x.set(
                0..<most, to: Rows(floats.start, stride: product.inputs, count: most), by: .best)
            return Scene(
                name: product.name, matrices: product.matrices(in: arena, pool), x: x,
                y: AlignedStorage(count: most * product.outputs))
        }
    }

    private func report(
        _ name: String, _ rows: Int, _ time: Double, _ bytes: Double, _ operations: Double, _ possible: Double
    ) {
        let columns = [
            padded(name, 21, left: false), padded("\(rows)", 5), padded(fixed(time * 1e3), 9),
            padded(fixed(bytes / time / 1e9), 9), padded(fixed(operations / time / 1e9), 9),
            padded("\(Int(100 * possible / time))", 16),
        ]
        print(columns.joined(separator: " "))
    }

    /// Bytes and operations a second, at most.
    private func limits(_ pool: ComputePool) -> (bytes: Double, operations: Double) {
        let words = AlignedStorage<SIMD16<UInt32>>(
            [SIMD16<UInt32>](repeating: SIMD16(repeating: 1), count: (128 << 20) / 64))
        let sums = AlignedStorage<UInt32>(count: pool.threads * 16)
        let reading = best { pool.run(Reading(words: words, sums: sums, shares: pool.threads)) }
        let products = 10_000_000
        let multiplying = best { pool.run(Arithmetic(products: products)) }
        let operations = DecoderKernels.best.multiply(steps: products) * Double(pool.threads)
        return (Double(words.count * 64) / reading, operations / multiplying)
    }

    /// Of the seconds `body` takes.
    private func best(_ body: () -> Void) -> Double {
        let clock = ContinuousClock()
        return (0..<turns).map { _ in clock.measure(body) / .seconds(1) }.min() ?? .infinity
    }
}
