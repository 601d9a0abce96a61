"""The recipe of lesson 06 as it is often written, and the kinds of fault to look for in it."""

RECIPE = """import torch
from torchvision import datasets, models, transforms as T
norm = T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
prepare = T.Compose([T.Resize(256), T.CenterCrop(224), T.ToTensor(), norm])
train_set = datasets.CIFAR10("data", True, prepare, download=True)
test_set = datasets.CIFAR10("data", False, prepare)
train_loader = torch.utils.data.DataLoader(train_set, 4, shuffle=True)
test_loader = torch.utils.data.DataLoader(test_set, 100)
model = models.resnet50(pretrained=True)
for weights in model.parameters():
    weights.requires_grad = False
model.fc = torch.nn.Linear(2048, 10)
criterion = torch.nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.fc.parameters(), 0.001, momentum=0.9)
best = running_loss = 0.0
for epoch in range(2):
    model.train()
    for step, (images, labels) in enumerate(train_loader, start=1):
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
        if step % 2000 == 0:
            print("loss", running_loss / 2000)
            running_loss = 0.0
    with torch.no_grad():
        hits = [model(x).argmax(1) == y for x, y in test_loader]
    best = max(best, torch.cat(hits).float().mean().item())
print("accuracy", best)"""
LISTING = "\n".join(f"{n:2d}  {line}" for n, line in enumerate(RECIPE.splitlines(), start=1))
BUG_KINDS = (  # some of them do not occur
    "batch norm moves",
    "deprecated argument",
    "features recomputed",
    "gradients pile up",
    "head not converged",
    "input size by habit",
    "mean of batch means",
    "misleading running loss",
    "new layer frozen",
    "no device",
    "no seed",
    "no validation set",
    "softmax forgotten",
    "test set chooses",
    "tiny batches",
)
