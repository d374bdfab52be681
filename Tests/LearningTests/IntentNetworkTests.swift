import CKernels
import Testing

@testable import Learning

struct IntentNetworkTests {
    /// Points round one of `classes` corners of a cube, and their labels.
    private func batch(_ count: Int, classes: Int, _ randomness: inout Randomness) -> [(
        x: [Float], label: Int
    )] {
        (0..<count).map { index in
            let label = index % classes
            let x = (0..<64).map { place in
                (place % classes == label ? 1 : 0) + Float(randomness.below(1000)) / 1000
            }
            return (x: x, label: label)
        }
    }

    private func learn(_ batch: [(x: [Float], label: Int)], _ network: inout IntentNetwork) {
        network.learn(
            Matrix(rows: batch.count, columns: 64, values: batch.flatMap(\.x)), labels: batch.map(\.label))
    }

    private func network(classes: Int) -> IntentNetwork {
        var randomness = Randomness(state: 3)
        var network = IntentNetwork(inputs: 64, randomness: &randomness)
        for _ in 0..<classes { network.appendClass() }
        return network
    }

    @Test func `steps on batches separate classes, and a class that comes later does not undo them`() {
        var randomness = Randomness(state: 5)
        var network = network(classes: 3)
        for _ in 0..<60 { learn(batch(12, classes: 3, &randomness), &network) }
        network.appendClass()
        for _ in 0..<60 { learn(batch(16, classes: 4, &randomness), &network) }
        for (x, label) in batch(40, classes: 4, &randomness) {
            let logits = network.logits(x)
            #expect(logits.indices.max { logits[$0] < logits[$1] } == label)
        }
    }

    @Test func `a step goes against the slope of the loss`() {
        var randomness = Randomness(state: 6)
        let batch = batch(9, classes: 3, &randomness)
        func loss(_ network: IntentNetwork) -> Float {
            batch.reduce(0) { sum, example in
                let logits = network.logits(example.x)
                return sum + Exponential.logSum(logits) - logits[example.label]
            }
        }
        var network = network(classes: 3)
        let before = loss(network)
        learn(batch, &network)
        #expect(loss(network) < before)
    }

    @Test func `a class taken away leaves the answers of the others`() {
        var randomness = Randomness(state: 7)
        var network = network(classes: 3)
        for _ in 0..<5 { learn(batch(12, classes: 3, &randomness), &network) }
        let x = batch(1, classes: 3, &randomness)[0].x
        let before = network.logits(x)
        network.removeClass(1)
        #expect(network.logits(x) == [before[0], before[2]])
    }

    @Test(arguments: [SLMD_LEARNING_BASELINE, SLMD_LEARNING_AVX2, SLMD_LEARNING_AVX512])
    func `a step of Adam gives the same bits on every path`(path: slmd_learning_path) {
        guard path.rawValue <= Kernels.path.rawValue else { return }
        var randomness = Randomness(state: 8)
        let values = (0..<4).map { _ in (0..<192).map { _ in Float(randomness.below(2000)) / 1000 } }
        func stepped(_ path: slmd_learning_path) -> [Matrix] {
            let errors = values[3][..<6].map { $0 - 1 }
            let inputs = Matrix(rows: 2, columns: 64, values: values[3][64...].map { $0 - 1 })
            var matrices = values[..<3].map { Matrix(rows: 3, columns: 64, values: $0) }
            var (means, squares) = (matrices[1], matrices[2])
            matrices[0].adam(
                errors, times: inputs, &means, &squares, rate: 0.02, correction: 1.5, path: path)
            return [matrices[0], means, squares]
        }
        #expect(stepped(path) == stepped(SLMD_LEARNING_SCALAR))
    }
}
