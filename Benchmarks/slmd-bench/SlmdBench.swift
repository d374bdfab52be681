import ArgumentParser

/// Prints the project's figures, the asked one beside the measured one. A missed figure is an exit status of 1.
@main
struct SlmdBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slmd-bench",
        abstract: "Measure slmd: speed against its peers, and accuracy on public data.",
        discussion: "Accuracy reads the data in the folder named by SLMD_DATA, models come from SLMD_MODELS.",
        subcommands: [
            Accuracy.self, ArchiveBench.self, CorrectionBench.self, DecoderAgreement.self,
            DecoderKernelSpeed.self,
            DecoderSpeed.self, DialogueBench.self, EncoderQuality.self, EncoderSpeed.self, EntitySpeed.self,
            GenerationBench.self, GroundingBench.self,
            Poison.self, PolicyBench.self, ReplyLoad.self, SearchBench.self, SlotBench.self,
            SocketLoad.self, TokenizerSpeed.self, TrainGrounding.self,
        ])
}
