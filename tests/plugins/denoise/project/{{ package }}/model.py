"""The model: an autoencoder."""

from torch import Tensor, nn

from .config import Config


class Autoencoder(nn.Module):
    """Compresses an image to a few numbers, and restores it from them."""

    def __init__(self, latent_size: int) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Flatten(),  # (N, 64)
            nn.Linear(in_features=64, out_features=64),
            nn.ReLU(),
            nn.Linear(in_features=64, out_features=latent_size),
        )
        self.decoder = nn.Sequential(
            nn.Linear(in_features=latent_size, out_features=64),
            nn.ReLU(),
            nn.Linear(in_features=64, out_features=64),
            nn.Sigmoid(),
            nn.Unflatten(dim=1, unflattened_size=(1, 8, 8)),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return restored images: (N, 1, 8, 8) -> (N, 1, 8, 8)."""
        return self.decoder(self.encoder(x))


def build_model(config: Config) -> nn.Module:
    """Return a model with random initial weights."""
    return Autoencoder(config.latent_size)
